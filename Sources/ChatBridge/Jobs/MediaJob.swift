public import Foundation

/// A job that makes derivatives of stored media again, registers objects as media, or deletes a user with their files.
public struct MediaJob: Sendable, Hashable {
    /// The program that runs a job.
    public enum Origin: String, Sendable, Hashable {
        /// The service, by a request over HTTP; the job is resumed when the service starts again.
        case service
        /// The command `reprocess`; the job is resumed when the command is given again.
        case command
        /// The service, by itself or by a request over HTTP, for one rendition of one medium.
        case rendition
    }

    /// The state of a job.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not begun.
        case waiting
        /// Begun and not ended: a runner works on it, or it waits for one to resume it.
        case running
        /// Every item has ended, successfully or not.
        case completed
        /// Cancelled on request.
        case cancelled
    }

    /// An event that changes the state of a job.
    public enum Event: Sendable, Hashable, CaseIterable {
        /// A runner has begun or resumed it.
        case claimed
        /// No item is left.
        case exhausted
        /// It was cancelled.
        case cancelled
    }

    /// How many items are in which state.
    public struct Counts: Sendable, Hashable {
        /// The number of items by state.
        public var items: [MediaJobItem.State: Int]
        /// Whether everything that the request selects is among them.
        public var isComplete: Bool
        /// The size of the originals of the items that are done, in bytes, where the job's selection has sizes: of a job that deletes.
        public var bytes: Int

        /// Counts.
        public init(items: [MediaJobItem.State: Int] = [:], isComplete: Bool = false, bytes: Int = 0) {
            self.items = items
            self.isComplete = isComplete
            self.bytes = bytes
        }

        /// The number of items in a state.
        public subscript(_ state: MediaJobItem.State) -> Int { items[state] ?? 0 }
        /// The number of all items.
        public var total: Int { items.values.reduce(0, +) }
        /// The number of items in a final state.
        public var ended: Int { items.filter(\.key.isEnd).values.reduce(0, +) }
    }

    /// The unique ID.
    public var id: String
    /// The program that runs it.
    public var origin: Origin
    /// What to make of which media.
    public var request: MediaJobRequest
    /// The key that its client has given it, so that a repeated request makes no second job.
    public var idempotencyKey: String?
    /// Its state.
    public var state: State
    /// The states of its items.
    public var counts: Counts
    /// When it was requested.
    public var createdAt: Date
    /// When it was begun.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?

    /// A job that was not begun.
    public init(id: String, origin: Origin, request: MediaJobRequest, idempotencyKey: String? = nil, createdAt: Date) {
        self.id = id
        self.origin = origin
        self.request = request
        self.idempotencyKey = idempotencyKey
        state = .waiting
        counts = Counts()
        self.createdAt = createdAt
    }
}

extension MediaJob.State {
    /// Whether this is a final state.
    public var isEnd: Bool { self == .completed || self == .cancelled }

    /// The state after `event`; `nil` when that is not possible in this state.
    public func after(_ event: MediaJob.Event) -> Self? {
        switch (self, event) {
        case (.waiting, .claimed), (.running, .claimed): .running
        case (.running, .exhausted): .completed
        case (.waiting, .cancelled), (.running, .cancelled): .cancelled
        default: nil
        }
    }
}
