package import HTTPServer
import Synchronization

/// Sends frames as server-sent events (the HTML standard, section 9.2).
package final class EventStreamTransport: FrameTransport {
    private struct NoText: Error {}
    private struct Closed: Error {}

    private struct State {
        var isClosed = false
        var isWriting = false
        /// Ends the connection when its client does not read what is left; set once it is to be closed.
        var farewell: Task<Void, Never>?
    }

    private let writer: ResponseWriter
    private let posted: PostedFrames
    /// How long the client may take to read what is left when the connection is closed in order.
    private let farewell: Duration
    private let state = Mutex(State())

    /// A transport over a response that is being written.
    /// - Parameters:
    ///   - posted: what the client posts; finished when the connection is closed.
    ///   - farewell: how long the client may take to read what is left when the connection is closed in order.
    package init(writer: ResponseWriter, posted: PostedFrames, farewell: Duration = .seconds(5)) {
        self.farewell = farewell
        self.writer = writer
        self.posted = posted
    }

    /// Begins the stream with a comment, so that intermediaries pass the head on.
    /// - Throws: an error when the client is gone, or the connection is closed.
    package func begin() async throws { try await write(":\r\n\r\n") }

    /// Sends one event.
    /// - Throws: an error when the client is gone, or the connection is closed.
    package func send(text: String) async throws { try await write(Self.event(text)) }

    private func write(_ text: String) async throws {
        let isOpen = state.withLock { state in
            state.isWriting = !state.isClosed
            return state.isWriting
        }
        guard isOpen else { throw Closed() }
        defer { state.withLock { $0.isWriting = false } }
        try await writer.write(text: text)
    }

    /// Sends nothing: events are text.
    /// - Throws: always.
    package func send(binary: [UInt8]) async throws { throw NoText() }

    package var sendsBinary: Bool { false }

    package func allowMessages(upTo bytes: Int) {}

    package func willClose() {
        state.withLock { state in
            guard state.farewell == nil, !state.isClosed else { return }
            state.farewell = Task { [self] in
                // It is cancelled when the connection is closed before.
                guard (try? await ContinuousClock().sleep(for: farewell)) != nil else { return }
                await close()
            }
        }
    }

    /// A send that waits for the client to read fails, and so does every later one.
    package func close() async {
        posted.finish()
        state.withLock { state in
            state.isClosed = true
            state.farewell?.cancel()
            // With the lock held, so that the response cannot end, and its connection have another one, before this.
            if state.isWriting { writer.abort() }
        }
    }

    /// An event with a field `data` for each line of `text`.
    static func event(_ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        return lines.map { "data: \($0)\r\n" }.joined() + "\r\n"
    }
}
