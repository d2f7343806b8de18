package import Concurrency
import Synchronization

/// Sends frames to a client that fetches them with one request after another (long polling): each request is answered with one
/// frame as soon as there is one.
package final class PollingTransport: FrameTransport {
    /// The response to a request.
    package enum Response: Sendable {
        /// A frame. The receipt is held until it was written.
        case frame(String, WriteReceipt)
        /// The connection has ended, or a later request has taken the place of this one.
        case ended
    }

    private struct Frame {
        let text: String
        let sent: CheckedContinuation<Void, any Error>
    }

    private struct Closed: Error {}

    private struct State {
        /// The frame that waits for a request.
        var frame: Frame?
        /// The request that waits for a frame.
        var poll: (number: Int, waiting: CheckedContinuation<Response, Never>)?
        var polls = 0
        /// A request that was cancelled before it waited.
        var cancelled = 0
        var isClosed = false
        /// Whether a request was notified that the connection has ended, or none came in time.
        var hasEnded = false
        /// Resumed when ``hasEnded`` is set.
        var closing: [CheckedContinuation<Void, Never>] = []

        /// Returns what waits for the end.
        mutating func end() -> [CheckedContinuation<Void, Never>] {
            hasEnded = true
            defer { closing = [] }
            return closing
        }
    }

    /// How long the client may take to ask again and be notified that the connection has ended.
    private static let farewell = Duration.seconds(5)

    private let state = Mutex(State())
    private let posted: PostedFrames

    /// A transport without requests.
    /// - Parameter posted: what the client posts; finished when the connection is closed.
    package init(posted: PostedFrames) { self.posted = posted }

    /// The response to a request of the client, waited for. A request that waits already is answered as ended.
    package func poll() async -> Response {
        let number = state.withLock { state in
            state.polls += 1
            return state.polls
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { begin(number, $0) }
        } onCancel: {
            cancel(number)
        }
    }

    private func begin(_ number: Int, _ waiting: CheckedContinuation<Response, Never>) {
        let resumptions = state.withLock { state -> [() -> Void] in
            let superseded = state.poll?.waiting
            state.poll = nil
            var resumptions: [() -> Void] = [{ superseded?.resume(returning: .ended) }]
            if state.cancelled == number {
                resumptions.append { waiting.resume(returning: .ended) }
            } else if let frame = state.frame {
                state.frame = nil
                resumptions.append { waiting.resume(returning: Self.response(frame)) }
            } else if state.isClosed {
                let closing = state.end()
                resumptions.append { waiting.resume(returning: .ended) }
                resumptions += closing.map { closing in { closing.resume() } }
            } else {
                state.poll = (number, waiting)
            }
            return resumptions
        }
        resumptions.forEach { $0() }
    }

    private func cancel(_ number: Int) {
        let waiting = state.withLock { state -> CheckedContinuation<Response, Never>? in
            guard state.poll?.number == number else {
                state.cancelled = number
                return nil
            }
            defer { state.poll = nil }
            return state.poll?.waiting
        }
        waiting?.resume(returning: .ended)
    }

    private static func response(_ frame: Frame) -> Response {
        .frame(frame.text, WriteReceipt { frame.sent.resume() })
    }

    /// Returns when a request has been answered with the frame.
    /// - Throws: an error when the connection is closed.
    package func send(text: String) async throws {
        try await withCheckedThrowingContinuation { sent in
            let frame = Frame(text: text, sent: sent)
            let (poll, isClosed) = state.withLock { state -> (CheckedContinuation<Response, Never>?, Bool) in
                guard !state.isClosed else { return (nil, true) }
                defer { state.poll = nil }
                if state.poll == nil { state.frame = frame }
                return (state.poll?.waiting, false)
            }
            if isClosed { return sent.resume(throwing: Closed()) }
            poll?.resume(returning: Self.response(frame))
        }
    }

    /// Sends nothing: the protocols that poll have text alone.
    /// - Throws: always.
    package func send(binary: [UInt8]) async throws { throw Closed() }

    package func allowMessages(upTo bytes: Int) {}

    /// Tells the client that the connection has ended, in response to the request that waits or to the next one.
    package func close() async {
        posted.finish()
        let notified = Task { [self] in await withCheckedContinuation { beginClosing($0) } }
        _ = await notified.value(within: Self.farewell)
        for closing in state.withLock({ $0.end() }) { closing.resume() }
    }

    private func beginClosing(_ closing: CheckedContinuation<Void, Never>) {
        let resumptions = state.withLock { state -> [() -> Void] in
            state.isClosed = true
            let (frame, poll) = (state.frame, state.poll?.waiting)
            (state.frame, state.poll) = (nil, nil)
            if poll != nil || state.hasEnded {
                let others = state.end()
                return (others + [closing]).map { closing in { closing.resume() } }
                    + [{ poll?.resume(returning: .ended) }]
            }
            state.closing.append(closing)
            return [{ frame?.sent.resume(throwing: Closed()) }]
        }
        resumptions.forEach { $0() }
    }
}
