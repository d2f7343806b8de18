import Bytes
import Dispatch
import FFmpeg
import ObjectStore
import Synchronization

/// The bytes of a stored object, for a thread that may block: each missing block is read from the store by a task.
final class ObjectByteSource: RangeReading {
    private struct State {
        var cache: BlockCache
        var bytesRead = 0
        /// Set by the first read: an inspection may have waited in a queue before.
        var deadline: DispatchTime?
        /// How long the store was waited for, in nanoseconds, and since when it is.
        var waited: UInt64 = 0
        var waitingSince: DispatchTime?
        var failure: ObjectStoreError?
        /// The request in progress.
        var request: Task<Void, Never>?

        var waitedUntilNow: UInt64 {
            waited + (waitingSince.map { DispatchTime.now().uptimeNanoseconds - $0.uptimeNanoseconds } ?? 0)
        }
    }

    private let store: any ObjectStore
    private let object: ObjectInfo
    private let limits: RangeLimits
    private let seconds: Double
    private let digest: PrefixDigest?
    private let state: Mutex<State>

    /// Reads `object`, all of it within `seconds` of the first read.
    /// - Parameter digest: is given what is read.
    init(
        store: any ObjectStore, object: ObjectInfo, limits: RangeLimits, seconds: Double, digest: PrefixDigest? = nil
    ) {
        self.store = store
        self.object = object
        self.limits = limits
        self.seconds = seconds
        self.digest = digest
        state = Mutex(State(cache: BlockCache(limits: limits, size: object.size)))
    }

    /// The store's error, if it failed: the result of the inspection is not meaningful then.
    var failure: ObjectStoreError? { state.withLock { $0.failure } }

    /// Whether most of the time for reading the object was spent on waiting for the store.
    var isStoreSlow: Bool { state.withLock { Double($0.waitedUntilNow) > seconds * 1e9 / 2 } }

    /// Makes every read fail from now on, including the one in progress.
    func cancel() {
        let request = state.withLock { state in
            state.failure = state.failure ?? ObjectStoreError(.unavailable, "The inspection was cancelled.")
            return state.request
        }
        request?.cancel()
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        if let count = copy(offset, into: buffer) { return count }
        let (range, deadline) = try begin(offset)
        let bytes = try wait(range, until: deadline)
        state.withLock { $0.cache.insert(bytes, at: range) }
        hash(bytes, at: range.lowerBound)
        guard let count = copy(offset, into: buffer) else {
            throw FFmpegError(.io, "the store did not return byte \(offset)")
        }
        return count
    }

    /// Hashes what was read, and what was read before and follows it.
    private func hash(_ bytes: [UInt8], at offset: Int) {
        guard let digest else { return }
        bytes.withUnsafeBytes { digest.add($0, at: offset) }
        while let next = state.withLock({ $0.cache.cached(at: digest.count) }) {
            next.withUnsafeBytes { digest.add($0, at: digest.count) }
        }
    }

    private func copy(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard let bytes = state.withLock({ $0.cache.bytes(at: offset) }) else { return nil }
        let count = min(bytes.count, buffer.count)
        buffer.copyBytes(from: bytes.prefix(count))
        return count
    }

    private func begin(_ offset: Int) throws(FFmpegError) -> (Range<Int>, DispatchTime) {
        try state.withLock { state throws(FFmpegError) in
            if let failure = state.failure { throw FFmpegError(.io, failure.message) }
            let range = state.cache.request(for: offset)
            guard state.bytesRead + range.count <= limits.totalBytes else {
                throw FFmpegError(.missingBytes, "more than \(limits.totalBytes) bytes would have to be read")
            }
            state.bytesRead += range.count
            let deadline = state.deadline ?? .now() + seconds
            state.deadline = deadline
            return (range, deadline)
        }
    }

    /// Reads `range` in a task and blocks until it is there: on the inspecting thread, never on one of the cooperative pool.
    private func wait(_ range: Range<Int>, until deadline: DispatchTime) throws(FFmpegError) -> [UInt8] {
        let handoff = Handoff()
        let request = Task { handoff.set(await Result(range, of: object, in: store)) }
        let isCancelled = state.withLock { state in
            state.request = request
            return state.failure != nil
        }
        if isCancelled { request.cancel() }
        state.withLock { $0.waitingSince = .now() }
        let received = handoff.wait(until: deadline)
        state.withLock { state in
            state.waited = state.waitedUntilNow
            state.waitingSince = nil
        }
        guard let result = received else {
            request.cancel()
            throw FFmpegError(.deadline, "the store was too slow")
        }
        switch result {
        case .success(let bytes): return bytes
        case .failure(let error):
            state.withLock { $0.failure = $0.failure ?? error }
            throw FFmpegError(.io, error.message)
        }
    }
}

/// Hands a result from a task to a thread that blocks.
private final class Handoff: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<[UInt8], ObjectStoreError>?>(nil)

    func set(_ result: Result<[UInt8], ObjectStoreError>) {
        self.result.withLock { $0 = result }
        semaphore.signal()
    }

    /// The result; `nil` when the deadline passes first.
    func wait(until deadline: DispatchTime) -> Result<[UInt8], ObjectStoreError>? {
        guard semaphore.wait(timeout: deadline) == .success else { return nil }
        return result.withLock { $0 }
    }
}

extension Result<[UInt8], ObjectStoreError> {
    /// Reads `range` of an object that must not have been replaced since its inspection began.
    fileprivate init(_ range: Range<Int>, of object: ObjectInfo, in store: any ObjectStore) async {
        do throws(ObjectStoreError) {
            let reader = try await store.read(object.key, range: range)
            guard reader.info.etag == object.etag, reader.info.size == object.size else {
                throw ObjectStoreError(.unavailable, "The object \(object.key) was replaced while it was read.")
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(range.count)
            for try await chunk in reader { chunk.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            guard bytes.count == range.count else {
                throw ObjectStoreError(
                    .unavailable, "The store returned \(bytes.count) bytes instead of \(range.count).")
            }
            self = .success(bytes)
        } catch {
            self = .failure(error)
        }
    }
}
