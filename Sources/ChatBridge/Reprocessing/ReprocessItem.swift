public import Foundation

/// One stored medium of a job.
public struct ReprocessItem: Sendable, Hashable {
    /// Where it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Its turn comes.
        case waiting
        /// Somebody is at it, or was when the machine stopped.
        case running
        /// Made anew; what shows it shows that.
        case done
        /// Made anew, and the same as before.
        case unchanged
        /// There was nothing to do.
        case skipped
        /// It could not be done; the reason stands beside it.
        case failed

        /// Whether nothing will happen to it any more.
        public var isEnd: Bool { self != .waiting && self != .running }
    }

    /// How dealing with an item ended.
    public enum End: Sendable, Hashable {
        /// Derivatives were made: done, or unchanged where they are what they were.
        case made
        /// There was nothing to do.
        case skipped(Reason)
        /// It cannot be done.
        case failed(Reason)
        /// It may be done later.
        case again(after: TimeInterval, Reason)
        /// It was given up for reasons of its job's, as if never begun.
        case requeue
    }

    /// Why.
    public struct Reason: Sendable, Hashable {
        /// A stable word.
        public var code: String
        /// For people.
        public var message: String

        /// A reason.
        public init(_ code: String, _ message: String) {
            self.code = code
            self.message = message
        }

        /// Nothing shows the object any more.
        public static let gone = Reason("gone", "No message or medium shows it any more.")
    }

    /// How often an item may be begun and not ended, each time with the end of the program: a file that brings it down is
    /// not tried for ever.
    public static let maximumAttempts = 5

    /// Its place in the tables.
    public var number: Int
    /// The original's key.
    public var object: String
    /// How often it was begun, this time included.
    public var attempts: Int

    /// An item.
    public init(number: Int, object: String, attempts: Int) {
        self.number = number
        self.object = object
        self.attempts = attempts
    }
}

/// An item that failed, for a report.
public struct ReprocessFailure: Sendable, Hashable {
    /// Its place in the tables: what comes after it is asked for by this.
    public var number: Int
    /// The original's key.
    public var object: String
    /// Why.
    public var reason: ReprocessItem.Reason
}

/// What becomes of the records of a medium whose derivatives were made anew.
public struct MediaChange: Sendable {
    /// The objects that were reserved and written for it.
    public var objects: [String]
    /// What a record says now. Called in the transaction that keeps it, once for each record.
    public var revise: @Sendable (MediaRecord) -> MediaRecord

    /// A change.
    public init(objects: [String], revise: @escaping @Sendable (MediaRecord) -> MediaRecord) {
        self.objects = objects
        self.revise = revise
    }
}
