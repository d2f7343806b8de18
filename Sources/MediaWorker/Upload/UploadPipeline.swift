import Concurrency
public import MediaModel
public import ObjectStore

/// The entry point for uploads: each chunk goes to the spool, to the object store and into the SHA-256, and the file is
/// validated while it arrives.
public struct UploadPipeline: Sendable {
    private let context: UploadContext

    /// What becomes of the metadata in files.
    public var metadata: MetadataRules { context.metadata }

    /// Limits of all uploads, which narrow the policy of each.
    public let limits: MediaLimits

    /// The memory that parts of resumable uploads share: a quarter of that of all uploads, beside it, because their clients may take hours.
    package let partMemory: MemoryBudget

    /// How many uploads are being received or validated now.
    public var uploadsInFlight: Int { context.inFlight.count }

    /// Creates a pipeline that stores in `store` and has files inspected by `workers`.
    /// - Parameters:
    ///   - spoolMemoryLimit: the maximum number of bytes of one upload that are kept in memory.
    ///   - spoolBudget: the memory that all uploads share; uploads wait when it is used up.
    ///   - spoolDirectory: where larger files that must be kept whole are written, as unlinked temporary files.
    ///   - metadata: what becomes of the metadata in files.
    ///   - storesIndexFirst: whether a video whose index comes last is stored with its index first.
    ///   - scanning: scans what is stored; `nil` where files are not scanned.
    ///   - limits: limits of all uploads, which narrow the policy of each.
    public init(
        store: any ObjectStore, workers: any MediaInspecting, spoolMemoryLimit: Int = 64 << 20,
        spoolBudget: MemoryBudget = MemoryBudget(bytes: 256 << 20), spoolDirectory: String = "/tmp",
        metadata: MetadataRules = MetadataRules(), storesIndexFirst: Bool = false, scanning: ContentScanning? = nil,
        limits: MediaLimits = MediaLimits()
    ) {
        self.init(
            store: store, workers: workers,
            spools: SpoolSettings(
                memoryLimit: spoolMemoryLimit, budget: spoolBudget, directory: spoolDirectory,
                threads: ThreadPool(name: "spool", threads: 2)), metadata: metadata,
            storesIndexFirst: storesIndexFirst, scanning: scanning, limits: limits)
    }

    init(
        store: any ObjectStore, workers: any MediaInspecting, spools: SpoolSettings,
        metadata: MetadataRules = MetadataRules(), storesIndexFirst: Bool = false, scanning: ContentScanning? = nil,
        limits: MediaLimits = MediaLimits()
    ) {
        self.limits = limits
        partMemory = MemoryBudget(bytes: spools.budget.limit / 4)
        context = UploadContext(
            store: store, workers: workers, spools: spools, metadata: metadata, scanning: scanning,
            storesIndexFirst: storesIndexFirst)
    }

    /// Begins an upload.
    /// - Parameters:
    ///   - key: the prefix of the objects' keys: the original's extension follows the content, the thumbnail's key is `key` +
    ///     `-thumb.jpg`.
    ///   - declaredLength: the size that the client announced, if any, in bytes; it may be too large by what surrounds the file.
    ///   - minimumLength: the size that the file has at least, as far as the client has announced that, in bytes.
    ///   - filename: the name that the sender gave the file. It is stored for display, and tells apart document types that
    ///     look alike (Office files of before 2007, for one); media are recognised by their content alone.
    ///   - metadataRemoval: which metadata are removed from the file; `nil` for those of ``metadata``.
    /// - Throws: ``MediaError/Code/tooLarge`` or ``MediaError/Code/empty`` for a declared length that the policy excludes;
    ///   ``MediaError/Code/internal`` where `key` is no valid prefix of a key.
    public func begin(
        key: String, policy: MediaPolicy, declaredLength: Int? = nil, minimumLength: Int = 0, filename: String? = nil,
        metadataRemoval: MetadataRemoval? = nil
    ) async throws(MediaError) -> UploadSession {
        let policy = policy.narrowed(by: limits)
        if declaredLength == 0 { throw .empty }
        try policy.validate(nil, bytes: max(declaredLength ?? 0, minimumLength))
        let request = UploadRequest(
            keys: try MediaObjectKeys(prefix: key), policy: policy, declaredLength: declaredLength,
            minimumLength: minimumLength, filename: FileName(filename), metadataRemoval: metadataRemoval)
        return UploadSession(request, context: context)
    }
}
