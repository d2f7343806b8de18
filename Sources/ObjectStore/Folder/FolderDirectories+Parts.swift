internal import Bytes
internal import Crypto
internal import Foundation
internal import Glibc

/// Objects that are written in parts: a file each under `parts/`, in which each part has its place. Unlike those under
/// `incoming/` they stay when the process ends.
extension FolderDirectories {
    /// Creates an empty file of an object and returns its name.
    func beginParts(of key: ObjectKey) throws(SystemError) -> String {
        let name = Self.prefix(of: key) + hexEncode(SecureRandom.bytes(8))
        close(try parts.open(name, O_WRONLY | O_CREAT | O_EXCL))
        try parts.sync()
        return name
    }

    /// Writes `chunks` at `offset`. Returns when they would survive a power failure.
    func writePart(_ chunks: [ByteChunk], at offset: Int, of name: String) throws(SystemError) {
        let descriptor = try parts.open(try Self.checked(name), O_WRONLY)
        defer { close(descriptor) }
        var position = offset
        for chunk in chunks {
            try chunk.withUnsafeBytes { bytes throws(SystemError) in
                try Self.write(bytes, to: descriptor, at: position)
            }
            position += chunk.count
        }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync") }
    }

    /// Makes the file, of which `size` bytes were written, the object `key`.
    func completeParts(
        _ name: String, size: Int, as key: ObjectKey, _ attributes: ObjectAttributes
    ) throws(SystemError) -> ObjectInfo {
        let file = try IncomingFile(continuing: try Self.checked(name), in: self)
        guard try FileStatus(descriptor: file.file.rawValue).size >= size else {
            throw SystemError("parts of \(name)", number: ENOENT)
        }
        // What a write has left that was given up is behind the end.
        guard ftruncate(file.file.rawValue, off_t(size)) == 0 else { throw SystemError("truncate") }
        try file.sync()
        return try publish(file, as: key, attributes)
    }

    /// Removes the file, if there is one.
    func abortParts(_ name: String) throws(SystemError) { try parts.unlink(try Self.checked(name)) }

    /// Removes all files of an object.
    func abortParts(of key: ObjectKey) throws(SystemError) {
        let prefix = Self.prefix(of: key)
        for name in try parts.names() where name.hasPrefix(prefix) { try parts.unlink(name) }
    }

    /// By this an object's files are known to a process that did not begin them.
    private static func prefix(of key: ObjectKey) -> String { hexEncode(SHA256.hash(key.rawValue.utf8).prefix(8)) }

    /// Removes the files that were last written to before `limit`. Returns how many there were.
    func abortParts(before limit: Date) throws(SystemError) -> Int {
        var aborted = 0
        for name in try parts.names() {
            guard let status = try parts.status(name), status.modificationDate < limit else { continue }
            try parts.unlink(name)
            aborted += 1
        }
        return aborted
    }

    /// Names are stored elsewhere in between.
    private static func checked(_ name: String) throws(SystemError) -> String {
        guard name.utf8.count == 32, name.utf8.allSatisfy({ Array("0123456789abcdef".utf8).contains($0) }) else {
            throw SystemError("name of parts", number: ENOENT)
        }
        return name
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int
    ) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = pwrite(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if written >= 0 {
                done += written
            } else if errno != EINTR {
                throw SystemError("write")
            }
        }
    }
}
