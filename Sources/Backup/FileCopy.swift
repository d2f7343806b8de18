import Bytes
import Crypto
import Glibc

/// The copy of a file, and the SHA-256 of what it has.
enum FileCopy {
    private static let bufferSize = 1 << 20

    /// What was read of a file.
    struct Result {
        let digest: String
        let size: Int
    }

    /// The SHA-256 of a file; `nil` where there is none.
    static func digest(of path: String) throws(BackupError) -> Result? {
        guard let file = try open(path) else { return nil }
        return try read(file, path) { _ throws(BackupError) in }
    }

    /// Makes `copy`, which must not exist, the same file as `path` by a hard link, or writes its bytes to it where that cannot be:
    /// only files that never change may be linked. `nil` where there is no `path`.
    static func copy(_ path: String, to copy: String, links: Bool) throws(BackupError) -> Result? {
        guard let file = try open(path) else { return nil }
        if links, linkat(AT_FDCWD, path, AT_FDCWD, copy, 0) == 0 {
            return try read(file, path) { _ throws(BackupError) in }
        }
        let opened = Glibc.open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw .system("cannot write \(copy)") }
        let target = OwnedDescriptor(owning: opened)
        return try read(file, path) { bytes throws(BackupError) in try write(bytes, to: target, copy) }
    }

    /// Writes all of `bytes` to the end of a file.
    static func write(
        _ bytes: UnsafeRawBufferPointer, to file: OwnedDescriptor, _ path: String
    ) throws(BackupError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file.rawValue, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno != EINTR {
                throw .system("cannot write \(path)")
            }
        }
    }

    private static func open(_ path: String) throws(BackupError) -> OwnedDescriptor? {
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system("cannot read \(path)")
        }
        let file = OwnedDescriptor(owning: opened)
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw BackupError("\(path) is no file")
        }
        return file
    }

    private static func read(
        _ file: OwnedDescriptor, _ path: String, _ body: (UnsafeRawBufferPointer) throws(BackupError) -> Void
    ) throws(BackupError) -> Result {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 16)
        defer { buffer.deallocate() }
        var hash = SHA256()
        var size = 0
        while true {
            let count = Glibc.read(file.rawValue, buffer.baseAddress, buffer.count)
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system("cannot read \(path)")
            }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bufferPointer: bytes)
            try body(bytes)
            size += count
        }
        return Result(digest: hexEncode(hash.finalize()), size: size)
    }
}
