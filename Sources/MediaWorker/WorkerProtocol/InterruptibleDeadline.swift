import Concurrency

/// How long a thread waits for a peer, and what may change that meanwhile. Used by one thread.
final class InterruptibleDeadline {
    /// When the wait ends.
    private(set) var deadline: ContinuousClock.Instant
    private let event: EventFD
    private let whenSignalled: () -> ContinuousClock.Instant?
    /// Whether the peer is stopped and cannot answer; asked every ``interval``.
    private let isPeerStopped: (() -> Bool)?
    /// The time between two questions, in milliseconds.
    private static let interval = 500.0
    /// How many times in a row a peer must be stopped: an operator who stops the whole service for a moment does not end an
    /// inspection.
    private static let requiredObservations = 3
    private var observations = 0

    /// Creates a wait that ends at `deadline`. When `event` is signalled, `whenSignalled` may return another deadline.
    init(
        until deadline: ContinuousClock.Instant, event: EventFD, isPeerStopped: (() -> Bool)? = nil,
        whenSignalled: @escaping () -> ContinuousClock.Instant? = { nil }
    ) {
        self.deadline = deadline
        self.event = event
        self.isPeerStopped = isPeerStopped
        self.whenSignalled = whenSignalled
    }

    /// The descriptor to poll beside the peer's.
    var descriptor: Int32 { event.descriptor }

    /// The time that one poll(2) may take, in milliseconds.
    var timeout: Int32 {
        let left = min((deadline - .now) / .milliseconds(1), isPeerStopped == nil ? 1e9 : Self.interval)
        return left < 0 ? 0 : Int32(left.rounded(.up))
    }

    /// Clears the event and takes over a new deadline.
    func handleSignal() {
        event.clear()
        if let other = whenSignalled() { deadline = other }
    }

    /// Checks whether to go on waiting after a poll(2).
    /// - Throws: ``IPCError/deadline`` when the deadline has passed, ``IPCError/stopped`` when the peer is stopped.
    func check(timedOut: Bool) throws(IPCError) {
        if ContinuousClock.now >= deadline { throw .deadline }
        observations = timedOut && isPeerStopped?() ?? false ? observations + 1 : 0
        if observations >= Self.requiredObservations { throw .stopped }
    }

    /// Starts counting observations of a stopped peer again.
    func resetObservations() { observations = 0 }
}
