import Bytes
import Configuration
import Crypto
import Foundation
import Glibc

/// The secret in standalone mode: generated at the first start, stored in the data folder and readable by its owner
/// alone.
enum Secret {
    /// The secret in `directory`; it is generated if there is none.
    /// - Throws: `SettingError` when the file cannot be read or written, or contains no valid secret.
    static func load(from directory: String) throws(SettingError) -> String {
        if let text = try existing(in: directory) { return text }
        return try make(at: directory + "/secret", in: directory)
    }

    /// The secret in `directory`; `nil` if there is none.
    /// - Throws: `SettingError` when the file cannot be read or contains no valid secret.
    static func existing(in directory: String) throws(SettingError) -> String? { try read(directory + "/secret") }

    /// Generates the secret. The file is written atomically, even when the program is killed or several programs start
    /// at once.
    private static func make(at path: String, in directory: String) throws(SettingError) -> String {
        func check(_ succeeded: Bool) throws(SettingError) {
            guard !succeeded else { return }
            throw SettingError(.data, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let temporaryPath = path + ".new"
        let opened = open(temporaryPath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try check(opened >= 0)
        let file = OwnedDescriptor(owning: opened)
        // One program generates it; the others wait here and read it.
        try check(flock(file.rawValue, LOCK_EX) == 0)
        if let text = try read(path) {
            unlink(temporaryPath)
            return text
        }
        let text = base64URLEncode(SecureRandom.bytes(32))
        // Removes the content that a killed program left.
        try check(ftruncate(file.rawValue, 0) == 0)
        try check(write(file.rawValue, text, text.utf8.count) == text.utf8.count)
        try check(fsync(file.rawValue) == 0)
        try check(rename(temporaryPath, path) == 0)
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try check(folder >= 0)
        defer { close(folder) }
        try check(fsync(folder) == 0)
        return text
    }

    private static func read(_ path: String) throws(SettingError) -> String? {
        guard access(path, R_OK) == 0 else {
            if errno == ENOENT { return nil }
            throw SettingError(.data, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines),
            text.utf8.count >= 16
        else { throw SettingError(.data, "\(path) holds no secret that can be used; remove it and a new one is made") }
        return text
    }
}
