public import Foundation
public import MediaModel

/// One stored medium of a job, or one object that it is to register as a medium.
public struct MediaJobItem: Sendable, Hashable {
    /// The state of an item.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not begun.
        case waiting
        /// Begun and not ended, perhaps by a process that was stopped.
        case running
        /// The derivatives were made again, and messages show them.
        case done
        /// The derivatives were made again, and are the same as before.
        case unchanged
        /// There was nothing to do.
        case skipped
        /// It failed; the reason is stored with it.
        case failed

        /// Whether this is a final state.
        public var isEnd: Bool { self != .waiting && self != .running }
    }

    /// The result of processing an item.
    public enum End: Sendable, Hashable {
        /// Derivatives were made: the item is done, or unchanged where they are the same as before.
        case made
        /// The object is to become this medium: the item is done, unchanged where a message or a medium has the object already, and skipped where it
        /// is about to be written or deleted.
        case registered(MediaItem)
        /// A message or a medium has the object already: the item is unchanged.
        case known
        /// There was nothing to do.
        case skipped(Reason)
        /// It failed permanently.
        case failed(Reason)
        /// It failed for now, and is tried again later.
        case again(after: TimeInterval, Reason)
        /// It was interrupted with its job, and counts as not begun.
        case requeue
    }

    /// Why an item was skipped or failed.
    public struct Reason: Sendable, Hashable {
        /// A stable code.
        public var code: String
        /// A text for operators.
        public var message: String

        /// A reason.
        public init(_ code: String, _ message: String) {
            self.code = code
            self.message = message
        }

        /// Nothing references the object any more.
        public static let gone = Reason("gone", "No message or medium shows it any more.")
        /// The object cannot be registered as a medium now.
        public static let inUse = Reason("in_use", "The object is about to be written or deleted.")
    }

    /// How often an item may be begun without being ended, because the program stopped: a file that crashes it is not tried
    /// again without limit.
    public static let maximumAttempts = 5

    /// Its number in the store.
    public var number: Int
    /// The key of the original.
    public var object: String
    /// How often it was begun, including this time.
    public var attempts: Int
    /// The ID of its job.
    public var job: String
    /// Who has begun it.
    public var holder: String

    /// An item.
    public init(number: Int, object: String, attempts: Int, job: String, holder: String) {
        self.number = number
        self.object = object
        self.attempts = attempts
        self.job = job
        self.holder = holder
    }
}

/// An item that failed, for a report.
public struct MediaJobFailure: Sendable, Hashable {
    /// Its number in the store: the next page begins after it.
    public var number: Int
    /// The key of the original.
    public var object: String
    /// Why it failed.
    public var reason: MediaJobItem.Reason

    package init(number: Int, object: String, reason: MediaJobItem.Reason) {
        self.number = number
        self.object = object
        self.reason = reason
    }
}

/// The change of the records of a medium whose derivatives were made again.
public struct MediaChange: Sendable {
    /// The objects that were reserved and written for it.
    public var objects: [String]
    /// Returns a record as it is from now on. Called in the transaction that stores it, once for each record.
    public var revise: @Sendable (MediaRecord) -> MediaRecord

    /// A change.
    public init(objects: [String], revise: @escaping @Sendable (MediaRecord) -> MediaRecord) {
        self.objects = objects
        self.revise = revise
    }
}
