import Bytes
import CLinux
import Concurrency
import FFmpeg
import Glibc
import MediaModel
import ObjectStore

/// A file without a name, in memory or on disk, which is deleted with the last reference to it.
struct SpoolFile: Sendable {
    private static let pieceSize = 1 << 20
    private static let pagesFreedAtOnce = 4 << 20

    let descriptor: OwnedDescriptor

    /// Creates a file in memory.
    /// - Throws: ``MediaError/Code/outOfResources`` or ``MediaError/Code/storage``.
    static func inMemory() throws(MediaError) -> SpoolFile { try inMemory { close($0) } }

    /// Creates a file in memory, which holds `reservation` until it is closed. Freeing the pages of a large file takes
    /// milliseconds: `threads` closes it.
    /// - Throws: ``MediaError/Code/outOfResources`` or ``MediaError/Code/storage``.
    static func inMemory(
        holding reservation: MemoryReservation?, closedOn threads: ThreadPool
    ) throws(MediaError) -> SpoolFile {
        try inMemory { descriptor in
            if lseek(descriptor, 0, SEEK_END) <= pagesFreedAtOnce {
                close(descriptor)
                withExtendedLifetime(reservation) {}
            } else {
                threads.submit {
                    close(descriptor)
                    withExtendedLifetime(reservation) {}
                }
            }
        }
    }

    private static func inMemory(
        release: @escaping @Sendable (Int32) -> Void
    ) throws(MediaError) -> SpoolFile {
        let descriptor = keepingReserve(darkroom_memfd_create("darkroom-spool"))
        guard descriptor >= 0 else { throw failure("creating a memory file") }
        return SpoolFile(descriptor: OwnedDescriptor(owning: descriptor, release: release))
    }

    /// The descriptor, or -1 (`EMFILE`) where it is one of the last free ones and was closed again.
    private static func keepingReserve(_ descriptor: Int32) -> Int32 {
        guard descriptor >= 0, darkroom_is_among_last_descriptors(descriptor, 1) != 0 else { return descriptor }
        close(descriptor)
        errno = EMFILE
        return -1
    }

    /// Creates an unlinked file in `directory`. Freeing the blocks of a large file takes 100 ms: `threads` closes it.
    /// - Throws: ``MediaError/Code/outOfResources`` or, where the disk is full, ``MediaError/Code/storage``.
    static func onDisk(_ directory: String, threads: ThreadPool) throws(MediaError) -> SpoolFile {
        let path = directory + "/darkroom-spool-XXXXXX"
        var template = Array(path.utf8CString)
        let created = mkstemp(&template)
        if created >= 0 { unlink(template) }
        let descriptor = keepingReserve(created)
        guard descriptor >= 0 else { throw failure("creating a file in \(directory)") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return SpoolFile(descriptor: OwnedDescriptor(owning: descriptor, closedOn: threads))
    }

    /// Writes all of `bytes` at `offset`.
    /// - Throws: ``MediaError/Code/outOfResources`` or, where the disk is full, ``MediaError/Code/storage``.
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

    /// Copies `ranges` of `source` to the same offsets.
    /// - Throws: the error of `source`, or that of writing.
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

    /// The error for a failed system call: resources that are used up now may be free later.
    private static func failure(_ action: String) -> MediaError {
        let number = errno
        let cause = SpoolFailure(action: action, number: number)
        guard number != ENOSPC && number != EDQUOT else {
            let full = ObjectStoreError(.outOfSpace, "The disk has no space for the upload's spool.", cause: cause)
            return MediaError(.storage, "There is no space for the upload; try again later.", cause: full)
        }
        return MediaError(.outOfResources, "The upload cannot be accepted at the moment; try again.", cause: cause)
    }
}

/// The error of a system call on a spool.
struct SpoolFailure: Error, CustomStringConvertible {
    let action: String
    let number: Int32

    var description: String { "\(action): \(String(cString: strerror(number)))" }
}
