/// Wakes one task that waits for work. Several calls before the task runs count as one.
public final class WakeSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// A signal that was not sent yet.
    public init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Signals that there may be something to do. Cheap; never waits.
    public func wake() { continuation.yield() }

    /// Performs `work` now and whenever the signal is sent, until the task is cancelled.
    /// - Parameter work: returns after how long to perform it again without a signal; `nil` to wait for one.
    public func run(_ work: () async -> Duration?) async {
        var wakes = stream.makeAsyncIterator()
        while !Task.isCancelled {
            let delay = await work()
            let timer = delay.map { delay in
                Task { [continuation] in
                    try await Task.sleep(for: delay)
                    continuation.yield()
                }
            }
            await wakes.next(isolation: #isolation)
            timer?.cancel()
        }
    }
}
