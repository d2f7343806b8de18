import Bytes
import Configuration
import Foundation
import Glibc
import Logging
import MediaAPI

/// `darkroom service-key`: makes a service key.
enum ServiceKeyCommand: Command {
    static let name = "service-key"
    static let summary = "make a key that the chat server uses as its service token, and that does not expire"
    static let usage = "NAME [--file FILE]"
    static let options: [Arguments.Option] = [
        .init("--file", "FILE", "the service's DARKROOM_SERVICE_KEYS_FILE, to which the key's digest is added")
    ]
    static let notes = """
        Prints the key, once: the service stores its SHA-256 alone. Without --file the line for the file is printed to
        standard error. NAME is what the service calls the caller; two keys may have the same one, while one replaces the
        other. The service reads its file again at SIGHUP; a key whose line has been removed is rejected then.

        example:
          install -m 0600 -o darkroom /dev/null /etc/darkroom/service-keys
          SERVICE=$(darkroom service-key backend --file /etc/darkroom/service-keys)
          systemctl reload darkroom
          curl -H "Authorization: Bearer $SERVICE" http://127.0.0.1:8080/v1/media
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.count == 1, let name = arguments.operands.first else {
            throw UsageError("name the key: darkroom service-key NAME")
        }
        guard let key = ServiceKey(name: name) else {
            throw UsageError("NAME has 1 to 64 letters, digits, '.', '_' and '-'")
        }
        if let file = arguments["--file"] {
            try append(key.line, to: file)
        } else {
            StandardError.write("line for the file of DARKROOM_SERVICE_KEYS_FILE:\n\(key.line)\n")
        }
        print(key.text)
        return .success
    }

    /// Adds a line to a file at once: the service may read the file at any moment.
    private static func append(_ line: String, to path: String) throws(SettingError) {
        let opened = open(path, O_RDWR | O_APPEND | O_CLOEXEC)
        func failure() -> SettingError {
            SettingError(
                variable: "--file", problem: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        guard opened >= 0 || errno != ENOENT else {
            // Made here it would belong to the caller, and the service could not read it.
            let remedy = "make it, readable by the service's user: install -m 0600 -o darkroom /dev/null \(path)"
            throw SettingError(variable: "--file", problem: "there is no \(path); \(remedy)")
        }
        guard opened >= 0 else { throw failure() }
        let file = OwnedDescriptor(owning: opened)
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw failure() }
        var last = UInt8(ascii: "\n")
        if status.st_size > 0, pread(file.rawValue, &last, 1, status.st_size - 1) != 1 { throw failure() }
        let text = (last == UInt8(ascii: "\n") ? "" : "\n") + line + "\n"
        guard write(file.rawValue, text, text.utf8.count) == text.utf8.count, fsync(file.rawValue) == 0 else {
            throw failure()
        }
    }
}
