internal import Bytes
internal import Concurrency
internal import Glibc
internal import Synchronization

/// Reads a range of an open object, a buffer at a time, on the pool.
final class FolderReading: Sendable {
    private let object: OpenObject
    private let buffers: BufferPool
    private let threads: ThreadPool
    private let end: Int
    private let position: Mutex<Int>

    init(_ object: OpenObject, range: Range<Int>, buffers: BufferPool, threads: ThreadPool) {
        self.object = object
        self.buffers = buffers
        self.threads = threads
        end = range.upperBound
        position = Mutex(range.lowerBound)
    }

    func next() async throws(ObjectStoreError) -> ByteChunk? {
        let start = position.withLock { $0 }
        guard start < end else { return nil }
        let chunk = try await threads.run { [self] () throws(ObjectStoreError) in
            do throws(SystemError) { return try readChunk(at: start) } catch {
                throw ObjectStoreError(error, key: object.info.key)
            }
        }
        guard !chunk.isEmpty else {
            throw ObjectStoreError(
                .unavailable,
                "The object \(object.info.key) was cut while it was read: nothing but this store may write to its folder."
            )
        }
        position.withLock { $0 = start + chunk.count }
        return chunk
    }

    private func readChunk(at start: Int) throws(SystemError) -> ByteChunk {
        var buffer = buffers.acquire()
        let wanted = min(buffer.capacity, end - start)
        let count = try buffer.withUnsafeMutableBytes { bytes throws(SystemError) in
            while true {
                let count = pread(object.descriptor, bytes.baseAddress, wanted, off_t(start))
                if count >= 0 { return count }
                guard errno == EINTR else { throw SystemError("read") }
            }
        }
        return buffer.freeze(count: count)
    }
}
