import Bytes
import Glibc

/// A file of lines that is being written.
final class LineWriter {
    private let path: String
    private let file: OwnedDescriptor
    private var pending: [UInt8] = []
    private static let batch = 1 << 16

    /// Creates the file, which must not exist.
    init(path: String) throws(BackupError) {
        self.path = path
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw .system("cannot write \(path)") }
        file = OwnedDescriptor(owning: opened)
    }

    func append(_ line: String) throws(BackupError) {
        pending += line.utf8
        pending.append(UInt8(ascii: "\n"))
        if pending.count >= Self.batch { try flush() }
    }

    /// Writes what is pending.
    func end() throws(BackupError) { try flush() }

    private func flush() throws(BackupError) {
        let bytes = pending
        pending = []
        var failure: BackupError?
        bytes.withUnsafeBytes {
            do throws(BackupError) { try FileCopy.write($0, to: file, path) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// The lines of a file, one after another.
final class LineReader {
    private let stream: UnsafeMutablePointer<FILE>
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    /// - Throws: ``BackupError`` when the file cannot be read.
    init(path: String) throws(BackupError) {
        guard let opened = fopen(path, "re") else { throw .system("cannot read \(path)") }
        stream = opened
    }

    deinit {
        fclose(stream)
        free(line)
    }

    /// The next line without its end; `nil` after the last.
    func next() -> String? {
        let count = getline(&line, &capacity, stream)
        guard count > 0, let line else { return nil }
        let bytes = UnsafeRawBufferPointer(start: line, count: line[count - 1] == 10 ? count - 1 : count)
        return String(decoding: bytes, as: UTF8.self)
    }
}
