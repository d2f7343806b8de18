import Concurrency
public import Logging
public import MediaModel
public import ObjectStore

/// Where uploads come in: each chunk goes to the spool, to the object store and into the digest, and the file is judged
/// while it travels.
public struct UploadPipeline: Sendable {
    let store: any ObjectStore
    let workers: any MediaInspecting
    let spools: SpoolSettings
    /// What is taken out of a JPEG before it is stored, hashed and judged.
    public let metadataRemoval: MetadataRemoval
    let logger: Logger

    /// An intake that stores in `store` and has files inspected by `workers`.
    /// - Parameters:
    ///   - spoolMemoryLimit: the most bytes of one upload that are kept in memory.
    ///   - spoolBudget: what all uploads together may keep in memory; beyond it they wait.
    ///   - spoolDirectory: where a file that must be kept whole and is larger than that goes, unlinked.
    ///   - metadataRemoval: what is taken out of a JPEG before it is stored, hashed and judged.
    public init(
        store: any ObjectStore, workers: any MediaInspecting, spoolMemoryLimit: Int = 64 << 20,
        spoolBudget: MemoryBudget = MemoryBudget(bytes: 256 << 20), spoolDirectory: String = "/tmp",
        metadataRemoval: MetadataRemoval = .off, logger: Logger = .silent
    ) {
        self.init(
            store: store, workers: workers,
            spools: SpoolSettings(
                memoryLimit: spoolMemoryLimit, budget: spoolBudget, directory: spoolDirectory,
                threads: ThreadPool(name: "spool", threads: 2)), metadataRemoval: metadataRemoval, logger: logger)
    }

    init(
        store: any ObjectStore, workers: any MediaInspecting, spools: SpoolSettings,
        metadataRemoval: MetadataRemoval = .off, logger: Logger = .silent
    ) {
        self.store = store
        self.workers = workers
        self.spools = spools
        self.metadataRemoval = metadataRemoval
        self.logger = logger
    }

    /// Begins an upload.
    /// - Parameters:
    ///   - key: the original's key without its extension, which follows the content; the thumbnail's is `key` +
    ///     `-thumb.jpg`.
    ///   - declaredLength: the size that the sender announced, if any.
    ///   - filename: the sender's name for the file: kept for people, never believed.
    ///   - claimedType: the sender's media type: never believed.
    /// - Throws: ``MediaError/Code/tooLarge`` or ``MediaError/Code/empty`` by the declared length alone.
    public func begin(
        key: String, policy: MediaPolicy, declaredLength: Int? = nil, filename: String? = nil,
        claimedType: String? = nil
    ) async throws(MediaError) -> UploadSession {
        if let declaredLength {
            guard declaredLength != 0 else { throw .empty }
            guard declaredLength <= policy.maximumBytes else { throw .tooLarge(limit: policy.maximumBytes) }
        }
        return try UploadSession(
            intake: self, key: key, policy: policy, declaredLength: declaredLength, filename: filename)
    }
}
