import Concurrency

/// What a client posts to a connection over which it cannot send: each request's body is a frame.
package final class PostedFrames: Sendable {
    private struct Frame: Sendable {
        let text: String
        let receipt: WriteReceipt
    }

    private let stream: AsyncStream<Frame>
    private let continuation: AsyncStream<Frame>.Continuation

    /// No frame has come.
    package init() { (stream, continuation) = AsyncStream.makeStream(of: Frame.self) }

    /// Adds a frame. Returns when it has been processed, or the connection has ended.
    package func post(_ text: String) async {
        await withCheckedContinuation { waiting in
            _ = continuation.yield(Frame(text: text, receipt: WriteReceipt { waiting.resume() }))
        }
    }

    /// Adds a frame without waiting for it to be processed.
    package func enqueue(_ text: String) { continuation.yield(Frame(text: text, receipt: WriteReceipt {})) }

    /// No more is processed.
    package func finish() { continuation.finish() }

    /// Calls `received` with each frame, in order, until ``finish()`` or the task is cancelled. Called once.
    package func forEach(_ received: (String) async -> Void) async {
        for await frame in stream {
            await received(frame.text)
            withExtendedLifetime(frame.receipt) {}
        }
        // Releases those who wait for frames that are not processed.
        for await _ in stream {}
    }
}
