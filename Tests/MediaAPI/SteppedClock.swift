import Synchronization

/// A clock that only a test advances.
final class SteppedClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(_ time: Duration) { instant.withLock { $0 += time } }
}
