import Crypto
import Foundation

/// The secret of the embedded default: made at first start, kept in the data folder, readable by its owner alone.
enum Secret {
    /// The secret in `directory`; one is made if there is none.
    static func load(from directory: String) throws -> String {
        let path = directory + "/secret"
        if let text = try read(path) { return text }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let text = base64URLEncode(SecureRandom.bytes(32))
        // O_EXCL: of two programs that start at once, one makes it and the other reads it.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST, let text = try read(path) { return text }
            throw SettingError(
                variable: Setting.data.variable, problem: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
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
