public import Foundation

/// An order that is being carried out, or was.
public struct ReprocessJob: Sendable, Hashable {
    /// Who runs it.
    public enum Origin: String, Sendable, Hashable {
        /// The service, for somebody who asked over HTTP; goes on when the service starts again.
        case service
        /// A command, which goes on when it is given again.
        case command
    }

    /// Where it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Nobody has begun it.
        case waiting
        /// Begun, and not ended: somebody runs it, or it waits for somebody to go on.
        case running
        /// Every item has ended, well or not.
        case completed
        /// Given up on request.
        case cancelled
    }

    /// What happens to a job.
    public enum Event: Sendable, Hashable, CaseIterable {
        /// Somebody takes it on, for the first time or again.
        case claimed
        /// No item is left.
        case exhausted
        /// Somebody wants it no more.
        case cancelled
    }

    /// How many items stand where.
    public struct Counts: Sendable, Hashable {
        /// By where they stand.
        public var items: [ReprocessItem.State: Int]
        /// Whether everything that the order selects is among them.
        public var isComplete: Bool

        /// Counts.
        public init(items: [ReprocessItem.State: Int] = [:], isComplete: Bool = false) {
            self.items = items
            self.isComplete = isComplete
        }

        /// How many stand there.
        public subscript(_ state: ReprocessItem.State) -> Int { items[state] ?? 0 }
        /// All.
        public var total: Int { items.values.reduce(0, +) }
        /// Those that nothing will happen to any more.
        public var ended: Int { items.filter(\.key.isEnd).values.reduce(0, +) }
    }

    /// Unique.
    public var id: String
    /// Who runs it.
    public var origin: Origin
    /// What to do.
    public var order: ReprocessRequest
    /// A name that whoever asked for it gave it, so that asking twice is asking once.
    public var idempotencyKey: String?
    /// Where it stands.
    public var state: State
    /// Where its items stand.
    public var counts: Counts
    /// When it was asked for.
    public var createdAt: Date
    /// When it was begun.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?

    /// A job that nobody has begun.
    public init(id: String, origin: Origin, order: ReprocessRequest, idempotencyKey: String? = nil, createdAt: Date) {
        self.id = id
        self.origin = origin
        self.order = order
        self.idempotencyKey = idempotencyKey
        state = .waiting
        counts = Counts()
        self.createdAt = createdAt
    }
}

extension ReprocessJob.State {
    /// Whether nothing can happen to the job any more.
    public var isEnd: Bool { self == .completed || self == .cancelled }

    /// Where a job stands that stood here when `event` happens; `nil` when that cannot happen here.
    public func after(_ event: ReprocessJob.Event) -> Self? {
        switch (self, event) {
        case (.waiting, .claimed), (.running, .claimed): .running
        case (.running, .exhausted): .completed
        case (.waiting, .cancelled), (.running, .cancelled): .cancelled
        default: nil
        }
    }
}
