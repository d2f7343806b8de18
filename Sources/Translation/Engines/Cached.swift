import Synchronization

/// A value that is valid for some time.
final class Cached<Value: Sendable>: Sendable {
    private let lifetime: Duration
    private let stored = Mutex<(value: Value, until: ContinuousClock.Instant)?>(nil)

    /// No value yet.
    init(for lifetime: Duration) { self.lifetime = lifetime }

    /// The value, while it is valid.
    var value: Value? {
        stored.withLock { stored in stored.flatMap { $0.until > .now ? $0.value : nil } }
    }

    /// Sets the value.
    func set(_ value: Value) { stored.withLock { $0 = (value, .now + lifetime) } }
}
