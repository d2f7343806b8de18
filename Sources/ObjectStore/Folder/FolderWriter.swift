internal import Bytes
internal import Concurrency
internal import Synchronization

/// Gathers chunks into batches and has one batch at a time written on the pool, while the next one gathers: the socket
/// and the disk work side by side, and whoever is ahead by more than a batch waits.
final class FolderWriter: ObjectWriter {
    private typealias Flight = Task<Result<Void, ObjectStoreError>, Never>

    private struct State {
        var batch = WriteBatch()
        /// The batch on its way to the disk.
        var flight: Flight?
        var isClosed = false
    }

    private let key: ObjectKey
    private let attributes: ObjectAttributes
    private let folder: FolderDirectories
    private let draft: PendingFile
    private let state = Mutex(State())

    /// What is written by one call, in bytes. Two of these may be in memory: one gathers, one is on its way.
    static let batchSize = 512 << 10

    init(_ key: ObjectKey, attributes: ObjectAttributes, folder: FolderDirectories) {
        self.key = key
        self.attributes = attributes
        self.folder = folder
        draft = PendingFile(folder: folder)
    }

    func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        let full: [ByteChunk]? = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            state.batch.append(chunk)
            return state.batch.count >= Self.batchSize ? state.batch.take() : nil
        }
        guard let full else { return }
        try await land()
        let flight = Flight { [draft, key, threads = folder.threads] in
            await threads.run { Result(of: key) { () throws(SystemError) in try draft.append(full) } }
        }
        state.withLock { $0.flight = flight }
    }

    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        let rest: [ByteChunk] = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            state.isClosed = true
            return state.batch.take()
        }
        do {
            try await land()
            return try await folder.threads.run { [self] () throws(ObjectStoreError) in
                try Result(of: key) { () throws(SystemError) in
                    try draft.append(rest)
                    return try folder.publish(try draft.finish(), as: key, attributes)
                }.get()
            }
        } catch {
            await abort()
            throw error
        }
    }

    func abort() async {
        state.withLock {
            $0.isClosed = true
            _ = $0.batch.take()
        }
        try? await land()
        await folder.threads.run { [draft] in draft.discard() }
    }

    /// Waits for the batch on its way, and throws what became of it. A failure stays: every later call throws it again.
    private func land() async throws(ObjectStoreError) {
        guard let flight = state.withLock({ $0.flight }) else { return }
        try await flight.value.get()
    }
}

extension Result where Failure == ObjectStoreError {
    /// What `body` gives, or what its failure means to whoever asked for `key`.
    fileprivate init(of key: ObjectKey, _ body: () throws(SystemError) -> Success) {
        self = Result<Success, SystemError>(catching: body).mapError { ObjectStoreError($0, key: key) }
    }
}
