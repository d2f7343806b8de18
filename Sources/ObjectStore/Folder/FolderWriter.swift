internal import Bytes
internal import Concurrency
internal import Synchronization

/// Collects chunks into batches and writes one batch at a time on the pool while the next one fills: the socket and the disk
/// work in parallel, and the one that is ahead by more than a batch waits.
final class FolderWriter: ObjectWriter {
    private typealias PendingWrite = Task<Result<Void, ObjectStoreError>, Never>

    private struct State {
        var batch = WriteBatch()
        /// The batch that is being written.
        var pendingWrite: PendingWrite?
        var isClosed = false
        var expectsInsertion = false
    }

    private let key: ObjectKey
    private let attributes: ObjectAttributes
    private let folder: FolderDirectories
    private let file: PendingFile
    private let state = Mutex(State())

    /// What one call writes, in bytes. Two batches may be in memory: one that fills and one that is being written.
    static let batchSize = 512 << 10

    init(_ key: ObjectKey, attributes: ObjectAttributes, folder: FolderDirectories) {
        self.key = key
        self.attributes = attributes
        self.folder = folder
        file = PendingFile(folder: folder)
    }

    func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        let full: [ByteChunk]? = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            state.batch.append(chunk)
            return state.batch.count >= Self.batchSize ? state.batch.take() : nil
        }
        guard let full else { return }
        try await finishPendingWrite()
        let pendingWrite = PendingWrite { [file, key, threads = folder.threads] in
            await threads.run { Result(of: key) { () throws(SystemError) in try file.append(full) } }
        }
        state.withLock { $0.pendingWrite = pendingWrite }
    }

    func expectInsertion() { state.withLock { $0.expectsInsertion = true } }

    func insertionSize(atLeast count: Int) -> Int? {
        state.withLock { state in
            guard state.expectsInsertion else { return nil }
            return state.pendingWrite == nil ? count : IncomingFile.insertionSize(atLeast: count)
        }
    }

    func insert(_ bytes: ByteChunk, at offset: Int) async throws(ObjectStoreError) {
        let rest: [ByteChunk]? = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            guard state.pendingWrite != nil else {
                state.batch.insert(bytes, at: offset)
                return nil
            }
            return state.batch.take()
        }
        guard let rest else { return }
        try await finishPendingWrite()
        let pendingWrite = PendingWrite { [file, key, threads = folder.threads] in
            await threads.run {
                Result(of: key) { () throws(SystemError) in
                    try file.append(rest)
                    try file.insert(bytes, at: offset)
                }
            }
        }
        state.withLock { $0.pendingWrite = pendingWrite }
        try await finishPendingWrite()
    }

    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        let rest: [ByteChunk] = try state.withLock { state throws(ObjectStoreError) in
            guard !state.isClosed else { throw .closedWriter }
            state.isClosed = true
            return state.batch.take()
        }
        do {
            try await finishPendingWrite()
            return try await folder.threads.run { [self] () throws(ObjectStoreError) in
                try Result(of: key) { () throws(SystemError) in
                    try file.append(rest)
                    return try folder.publish(try file.finish(), as: key, attributes)
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
        // What could not be written is discarded as well.
        try? await finishPendingWrite()
        await folder.threads.run { [file] in file.discard() }
    }

    /// Waits for the batch that is being written, and throws its failure. A failure stays: every later call throws it again.
    private func finishPendingWrite() async throws(ObjectStoreError) {
        guard let pendingWrite = state.withLock({ $0.pendingWrite }) else { return }
        try await pendingWrite.value.get()
    }
}

extension Result where Failure == ObjectStoreError {
    /// The result of `body`; a failure is converted to what it means for `key`.
    fileprivate init(of key: ObjectKey, _ body: () throws(SystemError) -> Success) {
        self = Result<Success, SystemError>(catching: body).mapError { ObjectStoreError($0, key: key) }
    }
}
