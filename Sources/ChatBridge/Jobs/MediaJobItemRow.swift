/// An item of a job, and what a store keeps beside it.
package struct MediaJobItemRow: Sendable {
    /// The number of the item, unique among those of all jobs.
    package var number: Int
    /// The key of the original.
    package var object: String
    /// Whether it waits, runs or has ended, and how.
    package var state: MediaJobItem.State
    /// How often it was begun.
    package var attempts: Int
    /// Who has begun it; `nil` for no one.
    package var holder: String?
    /// The start of the holder's process.
    package var holderStart: Int
    /// The object that is being written for it.
    package var reserved: String?

    package init(
        number: Int, object: String, state: MediaJobItem.State, attempts: Int, holder: String?, holderStart: Int,
        reserved: String?
    ) {
        self.number = number
        self.object = object
        self.state = state
        self.attempts = attempts
        self.holder = holder
        self.holderStart = holderStart
        self.reserved = reserved
    }
}
