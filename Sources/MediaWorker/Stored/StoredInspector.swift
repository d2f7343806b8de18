import FFmpeg
public import MediaModel
public import ObjectStore

/// Inspects files that are already in the object store, by reading the ranges that are needed: for direct uploads, and to
/// regenerate previews.
public struct StoredInspector: Sendable {
    let store: any ObjectStore
    private let workers: any MediaInspecting
    private let limits: RangeLimits
    /// Scans files that are validated to be stored; `nil` where they are not scanned.
    public let scanning: ContentScanning?

    /// Creates an inspector of the objects in `store`. Its `workers` wait for the store while they inspect: give it workers of
    /// its own where uploads must not wait behind it.
    public init(
        store: any ObjectStore, workers: any MediaInspecting, limits: RangeLimits = RangeLimits(),
        scanning: ContentScanning? = nil
    ) {
        self.store = store
        self.workers = workers
        self.limits = limits
        self.scanning = scanning
    }

    /// Inspects the object `key` as if it were uploaded now.
    /// - Parameter filename: distinguishes document types whose content is alike; media are recognised by their content alone.
    /// - Throws: why the file would be rejected; ``MediaError/Code/storage`` with the store's error as its cause when the
    ///   object does not exist, is replaced meanwhile, or the store fails; the errors of ``MediaInspecting/inspect(_:)``.
    public func inspect(
        _ key: ObjectKey, policy: MediaPolicy, filename: String? = nil
    ) async throws(MediaError) -> Inspection {
        try await inspect(try await object(key), policy: policy, filename: filename)
    }

    /// The properties of the object `key`.
    /// - Throws: ``MediaError/Code/storage`` when it does not exist or the store fails.
    func object(_ key: ObjectKey) async throws(MediaError) -> ObjectInfo {
        try await mappingStoreErrors { () async throws(ObjectStoreError) in
            guard let object = try await store.info(key) else {
                throw ObjectStoreError(.notFound, "There is no object \(key).")
            }
            return object
        }
    }

    /// Inspects `object` as ``inspect(_:policy:filename:)`` does.
    /// - Parameter digest: is given what is read.
    func inspect(
        _ object: ObjectInfo, policy: MediaPolicy, filename: String?, digest: PrefixDigest? = nil
    ) async throws(MediaError) -> Inspection {
        let source = ObjectByteSource(
            store: store, object: object, limits: limits, seconds: policy.deadline, digest: digest)
        let order = InspectionOrder(size: object.size, filename: filename, policy: policy)
        let result = await withTaskCancellationHandler {
            await inspect(InspectionJob(place: .ranges(source), order: order))
        } onCancel: {
            source.cancel()
        }
        // A result is not meaningful if some bytes could not be read.
        if let failure = source.failure { throw Self.unread(failure) }
        if case .failure(let error) = result, error.code == .deadline, source.isStoreSlow {
            throw Self.unread(ObjectStoreError(.unavailable, "The store was too slow to read \(object.key) from."))
        }
        return try result.get()
    }

    private static func unread(_ cause: ObjectStoreError) -> MediaError {
        MediaError(.storage, "The file could not be read from the store; try again.", cause: cause)
    }

    private func inspect(_ job: InspectionJob) async -> Result<Inspection, MediaError> {
        do throws(MediaError) { return .success(try await workers.inspect(job)) } catch { return .failure(error) }
    }
}
