import Configuration
import Crypto
import Foundation

/// The secret of the embedded default: made at first start, kept in the data folder, readable by its owner alone.
enum Secret {
    /// The secret in `directory`; one is made if there is none.
    /// - Parameter made: called with the path of one that was made.
    static func load(from directory: String, made: (String) -> Void = { _ in }) throws -> String {
        let path = directory + "/secret"
        if let text = try read(path) { return text }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let text = try make(at: path, in: directory)
        made(path)
        return text
    }

    /// Makes the secret: it is there whole or not at all, whenever the program is killed and however many start at once.
    private static func make(at path: String, in directory: String) throws -> String {
        func check(_ succeeded: Bool) throws(SettingError) {
            guard !succeeded else { return }
            throw SettingError(
                variable: Setting.data.variable, problem: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let beside = path + ".new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try check(descriptor >= 0)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // One program makes it; the others wait here, and read it.
        try check(flock(descriptor, LOCK_EX) == 0)
        if let text = try read(path) {
            unlink(beside)
            return text
        }
        let text = base64URLEncode(SecureRandom.bytes(32))
        // What a program that was killed left in it.
        try check(ftruncate(descriptor, 0) == 0)
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
        try check(rename(beside, path) == 0)
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
