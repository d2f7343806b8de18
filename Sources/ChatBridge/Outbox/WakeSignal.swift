/// Wakes one task that waits for work. Waking twice before it looks is waking once.
public final class WakeSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// A signal that nobody has given yet.
    public init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There may be something to do. Cheap; never waits.
    public func wake() { continuation.yield() }

    /// Performs `work` now and whenever it is woken, until the task is cancelled.
    /// - Parameter work: returns after how long it wants to be woken in any case, if at all.
    public func run(_ work: () async -> Duration?) async {
        var wakes = stream.makeAsyncIterator()
        while !Task.isCancelled {
            let delay = await work()
            let alarm = delay.map { delay in
                Task { [continuation] in
                    try await Task.sleep(for: delay)
                    continuation.yield()
                }
            }
            await wakes.next(isolation: #isolation)
            alarm?.cancel()
        }
    }
}

/// How long to wait before trying again.
public struct Backoff: Sendable, Hashable {
    /// After the first failure.
    public var first: Duration
    /// At most.
    public var longest: Duration

    /// Twice as long after each failure, at most `longest`.
    public init(first: Duration = .seconds(1), longest: Duration = .seconds(300)) {
        self.first = first
        self.longest = longest
    }

    /// The wait after `attempts` failures, from 1.
    public func delay(after attempts: Int) -> Duration { min(first * (1 << min(max(attempts, 1) - 1, 20)), longest) }
}
