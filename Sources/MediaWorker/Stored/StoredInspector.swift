import FFmpeg
public import MediaModel
public import ObjectStore

/// Judges objects that are already stored, by reading the parts that tell: for files that were sent straight to the
/// bucket, and to make previews anew.
public struct StoredInspector: Sendable {
    let store: any ObjectStore
    private let workers: any MediaInspecting
    private let limits: RangeLimits

    /// An inspector of what is in `store`. Its `workers` wait for the store while they inspect: give it some of its own
    /// where uploads must not wait behind it.
    public init(store: any ObjectStore, workers: any MediaInspecting, limits: RangeLimits = RangeLimits()) {
        self.store = store
        self.workers = workers
        self.limits = limits
    }

    /// What the object is and what was made of it, or why it is not taken: the same as if it were uploaded now.
    ///
    /// Throws ``MediaError/Code/storage`` with the store's error as the cause when there is no such object, when it is
    /// replaced meanwhile, or when the store fails.
    public func inspect(
        _ key: ObjectKey, policy: MediaPolicy, claimedName: String? = nil
    ) async throws(MediaError) -> Inspection {
        try await inspect(try await object(key), policy: policy, claimedName: claimedName)
    }

    /// What the store knows of the object.
    func object(_ key: ObjectKey) async throws(MediaError) -> ObjectInfo {
        try await storing { () async throws(ObjectStoreError) in
            guard let object = try await store.info(key) else {
                throw ObjectStoreError(.notFound, "There is no object \(key).")
            }
            return object
        }
    }

    func inspect(
        _ object: ObjectInfo, policy: MediaPolicy, claimedName: String?
    ) async throws(MediaError) -> Inspection {
        let ranges = ObjectByteSource(store: store, object: object, limits: limits, seconds: policy.deadline)
        let order = InspectionOrder(size: object.size, claimedName: claimedName, policy: policy)
        let result = await withTaskCancellationHandler {
            await inspect(InspectionJob(place: .ranges(ranges), order: order))
        } onCancel: {
            ranges.giveUp()
        }
        // A verdict on what could not be read is none.
        if let failure = ranges.failure {
            throw MediaError(.storage, "The file could not be read from the store; try again.", cause: failure)
        }
        return try result.get()
    }

    private func inspect(_ job: InspectionJob) async -> Result<Inspection, MediaError> {
        do throws(MediaError) { return .success(try await workers.inspect(job)) } catch { return .failure(error) }
    }
}
