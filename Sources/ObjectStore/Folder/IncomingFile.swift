internal import Bytes
internal import CLinux
internal import Concurrency
internal import Crypto
internal import Glibc

/// A file being written under `incoming/`. It is locked while this process runs, which tells another process
/// that starts on the same folder that no crash left it. Unless it was moved, the file is removed with this object.
///
/// Blocks: it is created, used and released on the store's threads, one call at a time.
// Sendable: `name`, `length` and `writtenBack` change only in `append`, `insertInPlace` and `move`, which the writer calls one after another.
final class IncomingFile: @unchecked Sendable {
    let file: OwnedDescriptor
    let folder: FolderDirectories
    private var name: String?
    /// Whether the file is one of parts, which stays where it is until it is moved.
    private let isOfParts: Bool
    var length = 0
    var writtenBack = 0

    /// How many bytes are written before write-back is started, so that the final sync need not wait for all of them.
    private static let writeBackStride = 8 << 20

    /// The file `name` of parts.
    init(continuing name: String, in folder: FolderDirectories) throws(SystemError) {
        self.folder = folder
        isOfParts = true
        file = OwnedDescriptor(owning: try folder.parts.open(name, O_RDWR), closedOn: folder.threads)
        self.name = name
    }

    init(in folder: FolderDirectories) throws(SystemError) {
        self.folder = folder
        isOfParts = false
        while true {
            let name = hexEncode(SecureRandom.bytes(16))
            let file = OwnedDescriptor(
                owning: try folder.incoming.open(name, O_RDWR | O_CREAT | O_EXCL), closedOn: folder.threads)
            // Another process that starts may have removed it between the two calls.
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, try FileStatus(descriptor: file.rawValue).isLinked
            else { continue }
            self.file = file
            self.name = name
            return
        }
    }

    deinit {
        guard let name, !isOfParts else { return }
        let folder = folder
        // What stays is removed when the store is opened again.
        folder.threads.submit { try? folder.incoming.unlink(name) }
    }

    /// Appends `chunks`.
    func append(_ chunks: [ByteChunk]) throws(SystemError) {
        var remaining = chunks[...]
        while !remaining.isEmpty {
            var written = try writeVector(remaining.prefix(Self.maximumVector), to: file.rawValue)
            length += written
            while let first = remaining.first, written >= first.count {
                written -= first.count
                remaining.removeFirst()
            }
            if written > 0, let first = remaining.popFirst() {
                remaining = [first[written..<first.count]] + remaining
            }
        }
        if length - writtenBack >= Self.writeBackStride {
            // A hint: what it does not write, `sync` does.
            _ = darkroom_start_writeback(file.rawValue, off_t(writtenBack), off_t(length - writtenBack))
            writtenBack = length
        }
    }

    /// Returns when the bytes would survive a power cut.
    func sync() throws(SystemError) {
        guard fsync(file.rawValue) == 0 else { throw SystemError("fsync") }
    }

    /// Moves the file to its final name, replacing any file there.
    func move(to directory: borrowing Directory, _ newName: String) throws(SystemError) {
        guard let name else { return }
        if isOfParts {
            try folder.parts.rename(name, to: directory, newName)
        } else {
            try folder.incoming.rename(name, to: directory, newName)
        }
        self.name = nil
    }

    /// Chunks per call; the kernel allows 1,024.
    private static let maximumVector = 128
}

/// Writes the bytes of `chunks` in one call and returns how many were taken, at least one if there are any.
private func writeVector(_ chunks: ArraySlice<ByteChunk>, to descriptor: Int32) throws(SystemError) -> Int {
    try withVector(of: chunks, []) { vector throws(SystemError) in
        while true {
            let written = writev(descriptor, vector, Int32(vector.count))
            if written >= 0 { return written }
            guard errno == EINTR else { throw SystemError("write") }
        }
    }
}

/// Calls `body` with the addresses of all `chunks`, each kept valid by one frame of the recursion.
private func withVector(
    of chunks: ArraySlice<ByteChunk>, _ vector: [iovec], _ body: ([iovec]) throws(SystemError) -> Int
) throws(SystemError) -> Int {
    guard let first = chunks.first else { return try body(vector) }
    return try first.withUnsafeBytes { bytes throws(SystemError) in
        let location = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
        return try withVector(of: chunks.dropFirst(), vector + [location], body)
    }
}
