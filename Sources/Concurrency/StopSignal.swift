import Foundation

// Sendable: `isStopped` is touched only with `condition` locked.
/// Tells a thread to end, also while it waits.
public final class StopSignal: @unchecked Sendable {
    private let condition = NSCondition()
    private var isStopped = false

    /// A signal that is not set.
    public init() {}

    /// Whether the thread is to end.
    public var isSet: Bool { condition.withLock { isStopped } }

    /// Sets the signal, for good.
    public func set() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    /// Waits for `time`, or until the signal is set.
    public func wait(for time: Duration) {
        let end = Date(timeIntervalSinceNow: Double(time.wholeMilliseconds) / 1000)
        condition.withLock {
            while !isStopped, condition.wait(until: end) {}
        }
    }
}
