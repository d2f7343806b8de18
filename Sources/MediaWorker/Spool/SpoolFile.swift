import Bytes
import CLinux
import FFmpeg
import Glibc
import Threads

/// A file without a name, in memory or on disk, gone with its last reference.
struct SpoolFile: Sendable {
    private static let pieceSize = 1 << 20

    let descriptor: OwnedDescriptor

    /// A file in memory.
    static func inMemory() throws(MediaError) -> SpoolFile {
        let descriptor = darkroom_memfd_create("darkroom-spool")
        guard descriptor >= 0 else { throw failure("creating a memory file") }
        return SpoolFile(descriptor: OwnedDescriptor(owning: descriptor))
    }

    /// A file in a folder. Giving back the blocks of a large one takes 100 ms: `threads` closes it.
    static func onDisk(_ directory: String, threads: ThreadPool) throws(MediaError) -> SpoolFile {
        let path = directory + "/darkroom-spool-XXXXXX"
        var template = Array(path.utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("creating a file in \(directory)") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        let release: @Sendable (Int32) -> Void = { descriptor in threads.submit { close(descriptor) } }
        return SpoolFile(descriptor: OwnedDescriptor(owning: descriptor, release: release))
    }

    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(MediaError) {
        var written = 0
        while written < bytes.count {
            let count = pwrite(
                descriptor.rawValue, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("writing to the spool") }
            written += count
        }
    }

    /// Copies `ranges` of `source` to the same places.
    func copy(_ ranges: [Range<Int>], of source: ByteSource) throws(MediaError) {
        for range in ranges {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize) {
                let piece: [UInt8]
                do throws(FFmpegError) {
                    piece = try source.bytes(start..<min(start + Self.pieceSize, range.upperBound))
                } catch {
                    throw MediaError(error)
                }
                try write(ByteChunk(piece), at: start)
            }
        }
    }

    /// Writes all of `chunk` at `offset`.
    func write(_ chunk: ByteChunk, at offset: Int) throws(MediaError) {
        try chunk.withUnsafeBytes { (bytes) throws(MediaError) in try write(bytes, at: offset) }
    }

    private static func failure(_ action: String) -> MediaError {
        MediaError(.internal, "The upload could not be spooled; try again (\(action): errno \(errno)).")
    }
}
