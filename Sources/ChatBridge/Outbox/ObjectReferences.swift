/// An object that nobody refers to, and whose deletion has begun: it can gain no reference any more.
public struct PendingDeletion: Sendable, Hashable {
    /// Its key.
    public var key: String
    /// Whether a write that was begun for it may still arrive at the object store.
    public var mayArriveLate: Bool
}

/// Which objects are on their way in and on their way out, so that a crash leaves none behind.
///
/// An object is *reserved* before it is committed to the object store, *shown* once a message or medium saved it,
/// *doomed* when nothing shows it any more, *claimed* when its deletion begins, and *forgotten* when it has been deleted.
/// A reference always wins over a markForDeletion, and fails once the object is claimed. Who reserved or claimed something is told by
/// the start of the process that did, and how long ago by its uptime: no clock that can be set decides about a deletion.
public protocol ObjectReferences: Sendable {
    /// Notes that `objects` are about to be committed. Throws ``ChatError/Code/unavailable`` for one that is being deleted.
    func reserve(objects: [String]) async throws
    /// Whether an object is reserved.
    func isReserved(_ object: String) async throws -> Bool
    /// Dooms `objects` that were reserved, and perhaps committed, for nothing; one that something shows is left alone.
    func markForDeletion(objects: [String]) async throws
    /// Objects that are doomed, whether their deletion has begun or not.
    func pendingDeletions(limit: Int) async throws -> [String]
    /// Begins to delete: returns doomed objects to which nothing refers, and to which nothing can refer from now on. Those
    /// that a process began to delete and did not end are among them, and those that are due to be looked at again.
    func claimPendingDeletions(limit: Int) async throws -> [PendingDeletion]
    /// Clears objects that are deleted. Those that may arrive late are looked at again some minutes later.
    func forget(objects: [String]) async throws
    /// After how long an object that was deleted is to be looked at again; `nil` when there is none.
    func nextRecheck() async throws -> Duration?
    /// Objects that were reserved and that nothing shows: by a process that has ended, by this one longer ago than `age`
    /// (`nil`: for ever), or for a time that is over.
    func abandonedObjects(reservedFor age: Duration?) async throws -> [String]
    /// Dooms those, and returns them.
    func markAbandonedObjectsForDeletion(reservedFor age: Duration?) async throws -> [String]
    /// Reserved objects that clients were to write, after the time in which they could begin to: `limit` of those of which
    /// nobody has looked whether they are there.
    func uncheckedUploads(limit: Int) async throws -> [String]
    /// Dooms the objects of keys to which clients were given URLs, when nothing can be written there any more: `limit` of them
    /// at most. Returns of how many keys that time has come.
    func doomLateUploads(limit: Int) async throws -> Int
    /// Notes that those were looked at, and are there: they are kept for the rest of their time.
    func keepUploads(_ objects: [String]) async throws
}
