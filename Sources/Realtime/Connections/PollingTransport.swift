import Concurrency
package import HTTPServer
import Synchronization

/// Sends frames to a client that fetches them with one request after another (long polling): each request is answered with one
/// frame as soon as there is one.
package final class PollingTransport: FrameTransport {
    /// The response to a request.
    package enum Response: Sendable {
        /// A frame, with what is to be held by the HTTP response. If that is not written, another request gets the frame.
        case frame(SocketFrame, any ResponseHolder)
        /// The connection has ended, or a later request has taken the place of this one.
        case ended
    }

    private struct Frame {
        /// New each time that it begins to wait.
        var number: Int
        let content: SocketFrame
        let sent: CheckedContinuation<Void, any Error>
    }

    private struct Closed: Error {}

    private struct State {
        /// The frame that waits for a request.
        var frame: Frame?
        /// Ends the wait of that frame.
        var timer: Task<Void, Never>?
        /// The request that waits for a frame.
        var poll: (number: Int, waiting: CheckedContinuation<Response, Never>)?
        var polls = 0
        /// How many times a frame has begun to wait.
        var frames = 0
        /// The connection closes once its queue is sent: no frame may wait longer than ``farewell`` any more.
        var willClose = false
        var isClosed = false
        /// Whether a request was notified that the connection has ended, or none came in time.
        var hasEnded = false
        /// Resumed when ``hasEnded`` is set.
        var closing: [CheckedContinuation<Void, Never>] = []

        /// The frame that waits, which waits no longer.
        mutating func takeFrame() -> Frame? {
            timer?.cancel()
            defer { (frame, timer) = (nil, nil) }
            return frame
        }

        /// Returns what waits for the end.
        mutating func end() -> [CheckedContinuation<Void, Never>] {
            hasEnded = true
            defer { closing = [] }
            return closing
        }
    }

    /// How long the client may take to ask again and be notified that the connection has ended.
    private let farewell: Duration
    /// How long a frame may wait for a request, so that a client that no longer asks does not keep its connection.
    private let pollTimeout: Duration

    private let state = Mutex(State())
    private let posted: PostedFrames

    /// A transport without requests.
    /// - Parameters:
    ///   - posted: what the client posts; finished when the connection is closed.
    ///   - pollTimeout: how long a frame may wait for a request; then sending it fails.
    package init(posted: PostedFrames, pollTimeout: Duration = .seconds(30)) {
        self.posted = posted
        self.pollTimeout = pollTimeout
        farewell = min(.seconds(5), pollTimeout)
    }

    /// Whether a request waits for a frame.
    var hasPoll: Bool { state.withLock { $0.poll != nil } }

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
            // A task is marked as cancelled before its handler runs, so with the lock held either this sees that it is, or
            // the handler will find the request registered.
            if Task.isCancelled { return [{ waiting.resume(returning: .ended) }] }
            let superseded = state.poll?.waiting
            state.poll = nil
            var resumptions: [() -> Void] = [{ superseded?.resume(returning: .ended) }]
            if let frame = state.takeFrame() {
                resumptions.append { [self] in waiting.resume(returning: response(frame)) }
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
            guard state.poll?.number == number else { return nil }
            defer { state.poll = nil }
            return state.poll?.waiting
        }
        waiting?.resume(returning: .ended)
    }

    private func response(_ frame: Frame) -> Response {
        let answer = PollAnswer { [self] isWritten in
            if isWritten { frame.sent.resume() } else { enqueue(frame) }
        }
        return .frame(frame.content, answer)
    }

    /// Has a frame sent that is new, or whose response was lost with its client's connection: the request that waits gets it, or the
    /// next one.
    private func enqueue(_ frame: Frame) {
        let next = state.withLock { state -> (() -> Void)? in
            guard !state.isClosed else { return { frame.sent.resume(throwing: Closed()) } }
            if let poll = state.poll?.waiting {
                state.poll = nil
                return { [self] in poll.resume(returning: response(frame)) }
            }
            state.frames += 1
            state.frame = frame
            state.frame?.number = state.frames
            expire(&state, after: state.willClose ? farewell : pollTimeout)
            return nil
        }
        next?()
    }

    /// Returns when the response to a request with the frame was written.
    /// - Throws: an error when the connection is closed, or no request comes in time.
    package func send(text: String) async throws { try await send(content: .text(text)) }

    /// As ``send(text:)``.
    /// - Throws: an error when the connection is closed, or no request comes in time.
    package func send(binary: [UInt8]) async throws { try await send(content: .binary(binary)) }

    private func send(content: SocketFrame) async throws {
        try await withCheckedThrowingContinuation { sent in
            enqueue(Frame(number: 0, content: content, sent: sent))
        }
    }

    /// Has the wait of the frame that waits end after some time, whatever was set before.
    private func expire(_ state: inout State, after time: Duration) {
        guard let number = state.frame?.number else { return }
        state.timer?.cancel()
        state.timer = Task { [self] in await failFrame(number, after: time) }
    }

    /// Fails the send of a frame that no request has fetched in time. Does nothing if the task is cancelled meanwhile.
    func failFrame(_ number: Int, after time: Duration) async {
        guard (try? await ContinuousClock().sleep(for: time)) != nil else { return }
        let frame = state.withLock { state -> Frame? in
            state.frame?.number == number ? state.takeFrame() : nil
        }
        frame?.sent.resume(throwing: Closed())
    }

    package func willClose() {
        state.withLock { state in
            guard !state.willClose else { return }
            state.willClose = true
            expire(&state, after: farewell)
        }
    }

    package func allowMessages(upTo bytes: Int) {}

    /// Tells the client that the connection has ended, in response to the request that waits or to the next one.
    package func close() async {
        posted.finish()
        let notified = Task { [self] in await withCheckedContinuation { beginClosing($0) } }
        _ = await notified.value(within: farewell)
        for closing in state.withLock({ $0.end() }) { closing.resume() }
    }

    private func beginClosing(_ closing: CheckedContinuation<Void, Never>) {
        let resumptions = state.withLock { state -> [() -> Void] in
            state.isClosed = true
            let (frame, poll) = (state.takeFrame(), state.poll?.waiting)
            state.poll = nil
            if poll != nil || state.hasEnded {
                let others = state.end()
                return (others + [closing]).map { closing in { closing.resume() } }
                    + [{ poll?.resume(returning: .ended) }, { frame?.sent.resume(throwing: Closed()) }]
            }
            state.closing.append(closing)
            return [{ frame?.sent.resume(throwing: Closed()) }]
        }
        resumptions.forEach { $0() }
    }
}

/// Held by the response to a request; calls a function once, with whether the response was written.
private final class PollAnswer: ResponseHolder {
    private let hasEnded = Atomic(false)
    private let end: @Sendable (_ isWritten: Bool) -> Void

    init(end: @escaping @Sendable (_ isWritten: Bool) -> Void) { self.end = end }

    func responseWasWritten() { finish(isWritten: true) }

    private func finish(isWritten: Bool) {
        if !hasEnded.exchange(true, ordering: .relaxed) { end(isWritten) }
    }

    deinit { finish(isWritten: false) }
}
