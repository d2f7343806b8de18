import Configuration
import Crypto
import Foundation

/// The secret in standalone mode: generated at the first start, stored in the data folder and readable by its owner
/// alone.
enum Secret {
    /// The secret in `directory`; it is generated if there is none.
    /// - Parameter made: called with the path of a new secret.
    /// - Throws: `SettingError` when the file cannot be written or contains no valid secret.
    static func load(from directory: String, made: (String) -> Void = { _ in }) throws -> String {
        let path = directory + "/secret"
        if let text = try read(path) { return text }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let text = try make(at: path, in: directory)
        made(path)
        return text
    }

    /// Generates the secret. The file is written atomically, even when the program is killed or several programs start
    /// at once.
    private static func make(at path: String, in directory: String) throws -> String {
        func check(_ succeeded: Bool) throws(SettingError) {
            guard !succeeded else { return }
            throw SettingError(
                variable: Setting.data.variable, problem: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let temporaryPath = path + ".new"
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try check(descriptor >= 0)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // One program generates it; the others wait here and read it.
        try check(flock(descriptor, LOCK_EX) == 0)
        if let text = try read(path) {
            unlink(temporaryPath)
            return text
        }
        let text = base64URLEncode(SecureRandom.bytes(32))
        // Removes the content that a killed program left.
        try check(ftruncate(descriptor, 0) == 0)
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
        try check(rename(temporaryPath, path) == 0)
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try check(folder >= 0)
        defer { close(folder) }
        try check(fsync(folder) == 0)
        return text
    }

    private static func read(_ path: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines),
            text.utf8.count >= 16
        else {
            throw SettingError(
                variable: Setting.data.variable,
                problem: "\(path) holds no secret that can be used; remove it and a new one is made")
        }
        return text
    }
}
