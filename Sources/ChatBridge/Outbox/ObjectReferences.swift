/// An object that nothing references and whose deletion has begun: it can gain no reference any more.
public struct PendingDeletion: Sendable, Hashable {
    /// Its key.
    public var key: String
    /// Whether a write that was begun for it may still arrive at the object store.
    public var mayArriveLate: Bool

    package init(key: String, mayArriveLate: Bool) {
        self.key = key
        self.mayArriveLate = mayArriveLate
    }
}

/// An object that is about to be written, or that was, and what it is the same as.
public struct ObjectDraft: Sendable, Hashable {
    /// An object that so many messages and media refer to is not shared any more: what concerns all of them stays within one
    /// transaction.
    package static let maximumReferences = 100

    /// Its key.
    public var key: String
    /// Equal for objects of which one can be referenced in place of any other; `nil` for an object that shares nothing.
    public var fingerprint: String?

    /// An object; see the properties.
    public init(key: String, fingerprint: String? = nil) {
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// Which objects are about to be written, referenced or deleted, so that a crash leaves no orphan behind.
///
/// An object is *reserved* before it is written to the object store, *referenced* once a message or medium was saved with it,
/// *marked for deletion* when nothing references it any more, *claimed* when its deletion begins, and *released* when it has
/// been deleted. A reference always wins over a mark, and fails once the object is claimed. Reservations and claims belong to
/// the process that made them, and their age is measured by its uptime: no clock that can be set decides about a deletion.
///
/// For errors see ``ChatStore``.
public protocol ObjectReferences: Sendable {
    /// Reserves `objects` that are about to be written.
    /// - Throws: ``StoreError/objectIsBeingDeleted`` for one whose deletion has begun; ``StoreError/unavailable``.
    func reserve(objects: [String]) async throws
    /// Reserves objects that are about to be written, each unless one of the same fingerprint is stored and referenced: that is
    /// to be referenced in its place, and nothing is to be written. The reservation counts as a reference to the stored object,
    /// so that it is not deleted before it is referenced.
    /// - Returns: the keys of stored objects, by the keys of the drafts.
    /// - Throws: ``StoreError/objectIsBeingDeleted`` for a draft whose deletion has begun; ``StoreError/unavailable``.
    func reserve(_ drafts: [ObjectDraft]) async throws -> [String: String]
    /// Ends reservations of objects that were not written, because others are referenced in their place. Objects that nothing
    /// references any more are marked for deletion.
    /// - Throws: ``StoreError/unavailable``.
    func endReservations(of objects: [String]) async throws
    /// Records what stored objects are the same as: later reservations share one that is referenced with those of its fingerprint.
    /// One without a fingerprint is not shared any more, for example because the object store has lost it; what refers to it stays.
    /// - Throws: ``StoreError/unavailable``.
    func setFingerprints(of objects: [ObjectDraft]) async throws
    /// Whether an object is reserved.
    /// - Throws: ``StoreError/unavailable``.
    func isReserved(_ object: String) async throws -> Bool
    /// Marks `objects` for deletion that were reserved, and perhaps written, in vain; a referenced one is left alone.
    /// - Throws: ``StoreError/unavailable``.
    func markForDeletion(objects: [String]) async throws
    /// Objects that are marked for deletion, whether their deletion has begun or not.
    /// - Throws: ``StoreError/unavailable``.
    func pendingDeletions(limit: Int) async throws -> [String]
    /// Begins to delete: returns marked objects that nothing references, and that nothing can reference from now on. Among
    /// them are those whose deletion a process began and did not finish, and those whose recheck is due.
    /// - Throws: ``StoreError/unavailable``.
    func claimPendingDeletions(limit: Int) async throws -> [PendingDeletion]
    /// Releases objects that were deleted. Those that may arrive late are checked again some minutes later.
    /// - Throws: ``StoreError/unavailable``.
    func release(objects: [String]) async throws
    /// After how long a deleted object is to be checked again; `nil` when there is none.
    /// - Throws: ``StoreError/unavailable``.
    func nextRecheck() async throws -> Duration?
    /// Objects that were reserved and that nothing references: by a process that has ended, by this one longer ago than `age`
    /// (`nil`: never), or for a time that is over.
    /// - Throws: ``StoreError/unavailable``.
    func abandonedObjects(reservedFor age: Duration?) async throws -> [String]
    /// Marks ``abandonedObjects(reservedFor:)`` for deletion, and returns them.
    /// - Throws: ``StoreError/unavailable``.
    func markAbandonedObjectsForDeletion(reservedFor age: Duration?) async throws -> [String]
    /// At most `limit` reserved objects that clients were to write themselves, whose upload URL has expired, and of which it
    /// was not checked yet whether they exist.
    /// - Throws: ``StoreError/unavailable``.
    func uncheckedUploads(limit: Int) async throws -> [String]
    /// Records that those were checked and exist: they are kept for the rest of their time.
    /// - Throws: ``StoreError/unavailable``.
    func retainUploads(_ objects: [String]) async throws
    /// Marks for deletion what clients may have written late: the objects of at most `limit` keys to which clients were given
    /// URLs, once nothing can be written there any more. Returns for how many keys that was so.
    /// - Throws: ``StoreError/unavailable``.
    func markLateUploadsForDeletion(limit: Int) async throws -> Int
}
