public import MediaModel

/// Jobs over stored media, and what they select. Every operation is one transaction. For errors see
/// ``ChatStore``.
///
/// One runner has a job at a time: it claims the job for the time of a lease, which it renews. It adds the items of the job and
/// ends it. It processes the items itself (``nextItem(of:by:)``), or has others process them (``begin(_:of:by:isTakeover:)``).
/// An item has one holder at a time, who began it last: only that holder can end it, and only while the job is running. So an
/// item that was begun twice, because its first holder was taken for dead, changes records once.
public protocol MediaJobStore: Sendable {
    /// What `request` selects, in the order of sending: at most `limit` objects after `cursor`.
    /// - Throws: ``StoreError/unavailable``.
    func select(_ request: MediaJobRequest, after cursor: SelectionCursor?, limit: Int) async throws -> Selection
    /// The records of every message and medium that references `object` as its original.
    /// - Throws: ``StoreError/unavailable``.
    func records(of object: String) async throws -> [MediaRecord]
    /// Whether a message or a medium references `object`, as its original, its preview or otherwise.
    /// - Throws: ``StoreError/unavailable``.
    func references(_ object: String) async throws -> Bool

    /// Adds a new job. Returns the existing one where one has the same idempotency key.
    /// - Throws: ``StoreError/unavailable``.
    func add(_ job: MediaJob) async throws -> MediaJob
    /// Adds a job and, in the same transaction, changes the records of every message and medium that references `object`; `false`
    /// where none does: then nothing is added. A job of the same ID is not added again.
    /// - Throws: ``StoreError/unavailable``.
    func add(_ job: MediaJob, changing object: String, _ change: MediaChange) async throws -> Bool
    /// A job by its ID.
    /// - Throws: ``StoreError/unavailable``.
    func job(_ id: String) async throws -> MediaJob?
    /// At most `limit` jobs, the latest first.
    /// - Parameters:
    ///   - origin: only jobs of that program; `nil` for all.
    ///   - isOpen: whether only jobs that have not ended are returned.
    /// - Throws: ``StoreError/unavailable``.
    func jobs(of origin: MediaJob.Origin?, isOpen: Bool, limit: Int) async throws -> [MediaJob]
    /// The IDs of at most `limit` jobs that have not ended, the oldest first.
    /// - Throws: ``StoreError/unavailable``.
    func openJobs(of origin: MediaJob.Origin, limit: Int) async throws -> [String]
    /// Cancels a job; one that has ended is not changed. Returns the job; `nil` when there is none. Records in which its rendition is
    /// pending state that it was cancelled.
    /// - Throws: ``StoreError/unavailable``.
    func cancelJob(_ id: String) async throws -> MediaJob?
    /// Deletes all jobs that have ended except the latest `count`.
    /// - Throws: ``StoreError/unavailable``.
    func deleteEndedJobs(keeping count: Int) async throws

    /// Claims a job. Items that the previous runner holds, or a process that has ended, wait again. Another runner's job can be
    /// claimed when its process has ended, or when it did not renew its lease for `lease` of this process's uptime.
    /// - Throws: ``StoreError/unavailable``.
    func claim(_ job: String, by runner: String, lease: Duration) async throws -> MediaJobClaim
    /// Renews the lease; `false` when the job is not this runner's any more, or was cancelled.
    /// - Throws: ``StoreError/unavailable``.
    func renewLease(_ job: String, by runner: String) async throws -> Bool
    /// Adds items for at most `limit` more media that the job's request selects. Returns how many are new; `nil` when nothing is
    /// left to select, or the job is lost.
    /// - Throws: ``StoreError/unavailable``.
    func fill(_ job: String, by runner: String, limit: Int) async throws -> Int?
    /// Where the selection of a job goes on, for a runner that selects by itself; `nil` when nothing is left to select, or the job is lost.
    /// - Throws: ``StoreError/unavailable``.
    func selectionPosition(of job: String, by runner: String) async throws -> SelectionPosition?
    /// Adds items for a page that the runner has selected. Returns how many are new; `nil` when the job is lost.
    /// - Throws: ``StoreError/unavailable``.
    func add(_ page: Selection, to job: String, by runner: String) async throws -> Int?
    /// Begins the next item, which the runner itself processes.
    /// - Throws: ``StoreError/unavailable``.
    func nextItem(of job: String, by runner: String) async throws -> MediaJobNextItem
    /// The numbers of at most `limit` items that may be begun now, in order; `nil` when the job is lost.
    /// - Throws: ``StoreError/unavailable``.
    func dueItems(of job: String, by runner: String, limit: Int) async throws -> [Int]?
    /// Makes items wait again whose holder's process has ended. Returns how many there were; `nil` when the job is lost.
    /// - Throws: ``StoreError/unavailable``.
    func requeueLostItems(of job: String, by runner: String) async throws -> Int?
    /// Begins an item of a job that a runner has.
    /// - Parameters:
    ///   - holder: who processes it: a name that is unique among all processes, and is no runner's.
    ///   - isTakeover: whether an item that another holder has is taken away from it; what that one has written is marked for
    ///     deletion. An item of a holder whose process has ended is taken in any case.
    /// - Throws: ``StoreError/unavailable``.
    func begin(_ item: Int, of job: String, by holder: String, isTakeover: Bool) async throws -> MediaJobBegin
    /// Which of these items `holder` still has.
    /// - Throws: ``StoreError/unavailable``.
    func heldItems(among items: [Int], by holder: String) async throws -> Set<Int>
    /// Reserves `object`, which is about to be written for an item. When the item is requeued or taken over, the object is
    /// marked for deletion.
    /// - Throws: ``StoreError/objectIsBeingDeleted``; ``StoreError/reservationReleased(key:)`` when the item is not its holder's
    ///   any more; ``StoreError/unavailable``.
    func reserve(_ object: String, for item: MediaJobItem) async throws
    /// Ends an item and, in the same transaction, changes the records of every message and medium that references the object;
    /// objects that nothing references any more are marked for deletion. Records are also changed where the item fails. Returns the item's state; `nil` when the item is not
    /// its holder's any more, or the job is not running: then no record was changed. A medium that the object becomes is saved in
    /// the same transaction; where it becomes none, its other objects are marked for deletion.
    /// - Throws: ``StoreError/reservationReleased(key:)`` when a reserved object was marked for deletion meanwhile;
    ///   ``StoreError/objectDeleted``; ``StoreError/unavailable``.
    func end(_ item: MediaJobItem, _ end: MediaJobItem.End, change: MediaChange?) async throws
        -> MediaJobItem.State?
    /// Completes a job of which no item is left; `false` when it was lost, or items are left.
    /// - Throws: ``StoreError/unavailable``.
    func complete(_ job: String, by runner: String) async throws -> Bool
    /// Releases a job, so that another runner can claim it. Items that this runner holds wait again.
    /// - Throws: ``StoreError/unavailable``.
    func release(_ job: String, by runner: String) async throws
    /// At most `limit` items that failed, after the item of that number.
    /// - Throws: ``StoreError/unavailable``.
    func failures(of job: String, after number: Int, limit: Int) async throws -> [MediaJobFailure]
}
