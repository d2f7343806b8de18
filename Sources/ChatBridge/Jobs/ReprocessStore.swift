import Foundation
public import MediaModel

/// Jobs that make derivatives again, and the media that they select. Every operation is one transaction. For errors see
/// ``ChatStore``.
///
/// One runner works on a job at a time: it claims the job for the time of a lease, which it renews. What a runner writes after
/// it has lost its job is rejected, so that nothing is done twice.
public protocol ReprocessStore: Sendable {
    /// What `request` selects, in the order of sending: at most `limit` objects after `cursor`.
    /// - Throws: ``StoreError/unavailable``.
    func select(_ request: ReprocessRequest, after cursor: SelectionCursor?, limit: Int) async throws -> Selection
    /// The records of every message and medium that references `object` as its original.
    /// - Throws: ``StoreError/unavailable``.
    func records(of object: String) async throws -> [MediaRecord]

    /// Adds a new job. Returns the existing one where one has the same idempotency key.
    /// - Throws: ``StoreError/unavailable``.
    func add(_ job: ReprocessJob) async throws -> ReprocessJob
    /// A job by its ID.
    /// - Throws: ``StoreError/unavailable``.
    func job(_ id: String) async throws -> ReprocessJob?
    /// At most `limit` jobs, the latest first.
    /// - Parameters:
    ///   - origin: only jobs of that program; `nil` for all.
    ///   - isOpen: whether only jobs that have not ended are returned.
    /// - Throws: ``StoreError/unavailable``.
    func jobs(of origin: ReprocessJob.Origin?, isOpen: Bool, limit: Int) async throws -> [ReprocessJob]
    /// Cancels a job; one that has ended is not changed. Returns the job; `nil` when there is none.
    /// - Throws: ``StoreError/unavailable``.
    func cancelJob(_ id: String) async throws -> ReprocessJob?
    /// Deletes all jobs that have ended except the latest `count`.
    /// - Throws: ``StoreError/unavailable``.
    func deleteEndedJobs(keeping count: Int) async throws

    /// Claims a job. Items that the previous runner left unfinished wait again. Another runner's job can be claimed when its
    /// process has ended, or when it did not renew its lease for `lease` of this process's uptime.
    /// - Throws: ``StoreError/unavailable``.
    func claim(_ job: String, by runner: String, lease: Duration) async throws -> ReprocessClaim
    /// Renews the lease; `false` when the job is not this runner's any more, or was cancelled.
    /// - Throws: ``StoreError/unavailable``.
    func renewLease(_ job: String, by runner: String) async throws -> Bool
    /// Adds items for at most `limit` more media that the job's request selects. Returns how many are new; `nil` when nothing is
    /// left to select, or the job is lost.
    /// - Throws: ``StoreError/unavailable``.
    func fill(_ job: String, by runner: String, limit: Int) async throws -> Int?
    /// Begins the next item.
    /// - Throws: ``StoreError/unavailable``.
    func nextItem(of job: String, by runner: String) async throws -> ReprocessNextItem
    /// Reserves `object`, which is about to be written for an item. When a runner claims the job after a crash, the object is
    /// marked for deletion.
    /// - Throws: ``StoreError/objectIsBeingDeleted``; ``StoreError/unavailable``.
    func reserve(_ object: String, for item: ReprocessItem) async throws
    /// Ends an item and, in the same transaction, changes the records of every message and medium that references the object;
    /// objects that nothing references any more are marked for deletion. Returns the item's state; `nil` when the job is lost:
    /// then nothing was changed.
    /// - Throws: ``StoreError/reservationReleased(key:)`` when a reserved object was marked for deletion meanwhile;
    ///   ``StoreError/unavailable``.
    func end(_ item: ReprocessItem, of job: String, by runner: String, _ end: ReprocessItem.End, change: MediaChange?)
        async throws -> ReprocessItem.State?
    /// Completes a job of which no item is left; `false` when it was lost, or items are left.
    /// - Throws: ``StoreError/unavailable``.
    func complete(_ job: String, by runner: String) async throws -> Bool
    /// Releases a job, so that another runner can claim it.
    /// - Throws: ``StoreError/unavailable``.
    func release(_ job: String, by runner: String) async throws
    /// At most `limit` items that failed, after the item of that number.
    /// - Throws: ``StoreError/unavailable``.
    func failures(of job: String, after number: Int, limit: Int) async throws -> [ReprocessFailure]
}

/// Where the next page of a selection begins.
public enum SelectionCursor: Sendable, Hashable, Codable {
    /// After the message of that number.
    case message(Int)
    /// After the medium of that id.
    case media(String)
    /// After that many of the keys that the request lists.
    case key(Int)
}

/// A page of what a request selects.
public struct Selection: Sendable, Hashable {
    /// Keys of originals; one that is referenced twice may be listed twice.
    public var objects: [String]
    /// Where the next page begins; `nil` when this is the last.
    public var next: SelectionCursor?

    package init(objects: [String], next: SelectionCursor? = nil) {
        self.objects = objects
        self.next = next
    }
}

/// The result of claiming a job.
public enum ReprocessClaim: Sendable, Hashable {
    /// It is this runner's.
    case granted(ReprocessJob)
    /// Another runner has it, for at least that long unless its process ends.
    case held(for: Duration)
    /// It has ended, or there is none.
    case ended
}

/// What a runner does next with its job.
public enum ReprocessNextItem: Sendable, Hashable {
    /// It processes this item.
    case item(ReprocessItem)
    /// It waits for that time.
    case later(Duration)
    /// It completes the job: no item is left to begin.
    case none
    /// The job is not this runner's any more.
    case lost
}
