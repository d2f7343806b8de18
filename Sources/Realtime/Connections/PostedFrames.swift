import Concurrency
import Synchronization

/// What a client posts to a connection over which it cannot send: each request's body is a frame.
package final class PostedFrames: Sendable {
    private struct Frame: Sendable {
        let content: [UInt8]
        let receipt: WriteReceipt
    }

    /// How many bytes may wait to be processed.
    static let maximumWaiting = 256 << 10
    /// The bytes that each frame counts beside its content, so that empty ones cannot wait in any number.
    private static let overhead = 256

    private let waiting = Mutex(0)
    private let stream: AsyncStream<Frame>
    private let continuation: AsyncStream<Frame>.Continuation

    /// No frame has come.
    package init() { (stream, continuation) = AsyncStream.makeStream(of: Frame.self) }

    /// Adds a frame. Returns `true` when it has been processed, or the connection has ended; `false` at once when too much is
    /// waiting.
    package func post(_ content: [UInt8]) async -> Bool {
        guard reserve(content) else { return false }
        await withCheckedContinuation { waiting in
            _ = continuation.yield(Frame(content: content, receipt: WriteReceipt { waiting.resume() }))
        }
        return true
    }

    /// Adds a frame without waiting for it to be processed; `false` when too much is waiting.
    package func enqueue(_ content: [UInt8]) -> Bool {
        guard reserve(content) else { return false }
        continuation.yield(Frame(content: content, receipt: WriteReceipt {}))
        return true
    }

    private func reserve(_ content: [UInt8]) -> Bool {
        waiting.withLock { waiting in
            guard waiting + Self.size(content) <= Self.maximumWaiting else { return false }
            waiting += Self.size(content)
            return true
        }
    }

    private static func size(_ content: [UInt8]) -> Int { content.count + overhead }

    /// No more is processed.
    package func finish() { continuation.finish() }

    /// Calls `received` with each frame, in order, until ``finish()`` or the task is cancelled. Called once.
    package func forEach(_ received: ([UInt8]) async -> Void) async {
        for await frame in stream {
            await received(frame.content)
            waiting.withLock { $0 -= Self.size(frame.content) }
            withExtendedLifetime(frame.receipt) {}
        }
    }

    /// Processes no more, and releases the requests whose frames were not processed. Called when ``forEach(_:)`` has returned
    /// or will not be called.
    package func drain() async {
        finish()
        for await _ in stream {}
    }
}
