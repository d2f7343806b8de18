package import Foundation

/// A one-time token that was used.
package struct MigratedToken: Sendable, Hashable {
    /// The dialect of the token.
    package var dialect: Dialect
    /// The token.
    package var token: String
    /// When it expires.
    package var expires: Date
    /// How long it is remembered, in milliseconds since it was used.
    package var lifetime: Int

    /// A used token.
    package init(dialect: Dialect, token: String, expires: Date, lifetime: Int) {
        self.dialect = dialect
        self.token = token
        self.expires = expires
        self.lifetime = lifetime
    }
}

/// What is known of an object. Times are in milliseconds of the uptime of the process that made the reservation.
package struct MigratedObject: Sendable, Hashable {
    /// The reservation of an object that no message or medium shows yet.
    package struct Reservation: Sendable, Hashable {
        /// When it was made.
        package var since: Int
        /// For how long it is kept; `nil` for as long as the process lives.
        package var lifetime: Int?
        /// Until when it is kept.
        package var keepUntil: Int?
        /// When it is checked whether it was used.
        package var unusedAfter: Int?

        /// A reservation.
        package init(since: Int, lifetime: Int?, keepUntil: Int?, unusedAfter: Int?) {
            self.since = since
            self.lifetime = lifetime
            self.keepUntil = keepUntil
            self.unusedAfter = unusedAfter
        }
    }

    /// Its key.
    package var key: String
    /// How many messages and media refer to it.
    package var references: Int
    /// Equal for objects of which one can be referenced in place of any other.
    package var fingerprint: String?
    /// Its reservation.
    package var reservation: Reservation?
    /// How often it is deleted again after its deletion, where it is marked for deletion.
    package var deletion: Int?
    /// Whether its deletion had begun.
    package var isClaimed = false
    /// How often it is still to be checked, where it was deleted and a write may still arrive.
    package var recheck: Int?

    /// What is known of an object.
    package init(key: String, references: Int) {
        self.key = key
        self.references = references
    }
}

/// A medium with what the store keeps beside it.
package struct MigratedMedia: Sendable, Hashable {
    /// The medium.
    package var item: MediaItem
    /// Its place among all media, from 0, in the order of their IDs.
    package var rank: Int
    /// Whether it may be that no message shows it.
    package var isWaiting: Bool
    /// Those of its objects that it refers to.
    package var objects: [String]

    /// A medium.
    package init(item: MediaItem, rank: Int, isWaiting: Bool, objects: [String]) {
        self.item = item
        self.rank = rank
        self.isWaiting = isWaiting
        self.objects = objects
    }
}

/// A job with what the store keeps beside it. It is no runner's.
package struct MigratedJob: Sendable, Hashable {
    /// Its place among all jobs.
    package var number: Int
    /// The job, without its counts.
    package var job: MediaJob
    /// What was selected so far; a medium is named by its ``MigratedMedia/rank``.
    package var cursor: SelectionCursor?
    /// Whether everything was selected.
    package var isFilled: Bool

    /// A job.
    package init(number: Int, job: MediaJob, cursor: SelectionCursor?, isFilled: Bool) {
        self.number = number
        self.job = job
        self.cursor = cursor
        self.isFilled = isFilled
    }
}

/// An object of a job.
package struct MigratedJobItem: Sendable, Hashable {
    /// Its number, unique among the items of all jobs.
    package var number: Int
    /// The ID of the job.
    package var job: String
    /// The key of the original.
    package var object: String
    /// Its state.
    package var state: MediaJobItem.State
    /// How often it was begun.
    package var attempts: Int
    /// Why it failed or was skipped.
    package var reason: MediaJobItem.Reason?
    /// The object that was being written for it.
    package var reserved: String?

    /// An item.
    package init(
        number: Int, job: String, object: String, state: MediaJobItem.State, attempts: Int,
        reason: MediaJobItem.Reason?, reserved: String?
    ) {
        self.number = number
        self.job = job
        self.object = object
        self.state = state
        self.attempts = attempts
        self.reason = reason
        self.reserved = reserved
    }
}
