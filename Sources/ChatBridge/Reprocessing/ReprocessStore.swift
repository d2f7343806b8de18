import Foundation

/// Jobs that make derivatives anew, and what they select. Every verb is one transaction.
///
/// One runner works on a job at a time: it claims the job for a while, and says again and again that it is still there.
/// What a runner writes that has lost its job meanwhile is refused, so that nothing is done twice.
public protocol ReprocessStore: Sendable {
    /// What `order` selects, in the order of sending: `limit` objects at most after `cursor`.
    func select(_ order: ReprocessRequest, after cursor: SelectionCursor?, limit: Int) async throws -> Selection
    /// The records of every message and medium that shows `object` as its original.
    func records(of object: String) async throws -> [MediaRecord]

    /// Keeps a new job. Returns the one that has the same idempotency key, where there is one.
    func add(_ job: ReprocessJob) async throws -> ReprocessJob
    /// A job.
    func job(_ id: String) async throws -> ReprocessJob?
    /// The latest jobs first, at most `limit` of them; only those of `origin` that have not ended where `isOpen`.
    func jobs(of origin: ReprocessJob.Origin?, isOpen: Bool, limit: Int) async throws -> [ReprocessJob]
    /// Gives a job up; one that has ended stays as it is. `nil` when there is none.
    func cancelJob(_ id: String) async throws -> ReprocessJob?
    /// Forgets all jobs that have ended but the latest `count`.
    func forgetEndedJobs(keeping count: Int) async throws

    /// Takes a job on. What a runner before left unfinished waits again. Another runner's job is taken over when the process
    /// that it runs in has ended, or when it gave no sign of life while this process looked on for `lease` of its uptime.
    func claim(_ job: String, by runner: String, lease: Duration) async throws -> ReprocessClaim
    /// Gives a sign of life; `false` when the job is not this runner's any more, or was cancelled.
    func hold(_ job: String, by runner: String) async throws -> Bool
    /// Makes items of `limit` more of what the job's order selects. Returns how many are new; `nil` when there is nothing
    /// more to select, or the job is lost.
    func fill(_ job: String, by runner: String, limit: Int) async throws -> Int?
    /// The next item.
    func take(from job: String, by runner: String) async throws -> ReprocessTurn
    /// Reserves `object`, which is about to be written for an item. When whoever goes on after a crash claims the job, it is
    /// doomed.
    func reserve(_ object: String, for item: ReprocessItem) async throws
    /// Ends an item and, in the same transaction, has every message and medium that shows the object show what was made;
    /// objects that nothing shows any more are doomed. Returns where the item stands now; `nil` when the job is lost: then
    /// nothing was changed. Throws ``ChatError/Code/notFound`` when a reserved object was given up meanwhile.
    func end(_ item: ReprocessItem, of job: String, by runner: String, _ end: ReprocessItem.End, change: MediaChange?)
        async throws -> ReprocessItem.State?
    /// Ends a job of which no item is left.
    func complete(_ job: String, by runner: String) async throws -> Bool
    /// Lets a job go, for somebody to go on with.
    func release(_ job: String, by runner: String) async throws
    /// Items that failed, `limit` of them at most after the item of that number.
    func failures(of job: String, after number: Int, limit: Int) async throws -> [ReprocessFailure]
}

/// Where a selection goes on.
public enum SelectionCursor: Sendable, Hashable, Codable {
    /// After the message of that number.
    case message(Int)
    /// After the medium of that id.
    case media(String)
    /// After that many of the keys that were named.
    case key(Int)
}

/// A part of what an order selects.
public struct Selection: Sendable, Hashable {
    /// Keys of originals; one that is shown twice may stand here twice.
    public var objects: [String]
    /// Where to go on; `nil` when this is the end.
    public var next: SelectionCursor?
}

/// What comes of wanting a job.
public enum ReprocessClaim: Sendable, Hashable {
    /// It is this runner's.
    case granted(ReprocessJob)
    /// Somebody else has it, for so long at least unless they end.
    case held(for: Duration)
    /// It has ended, or there is none.
    case ended
}

/// What a runner does next.
public enum ReprocessTurn: Sendable, Hashable {
    /// This item.
    case item(ReprocessItem)
    /// Nothing before that time has passed.
    case later(Duration)
    /// Nothing any more, but for what others are at.
    case none
    /// The job is not this runner's any more.
    case lost
}
