package import HTTPServer

/// Sends frames as server-sent events (the HTML standard, section 9.2).
package struct EventStreamTransport: FrameTransport {
    private struct NoText: Error {}

    private let writer: ResponseWriter
    private let posted: PostedFrames

    /// A transport over a response that is being written.
    /// - Parameter posted: what the client posts; finished when the connection is closed.
    package init(writer: ResponseWriter, posted: PostedFrames) {
        self.writer = writer
        self.posted = posted
    }

    /// Begins the stream with a comment, so that intermediaries pass the head on.
    /// - Throws: an error when the client is gone.
    package func begin() async throws { try await writer.write(text: ":\r\n\r\n") }

    /// Sends one event.
    /// - Throws: an error when the client is gone.
    package func send(text: String) async throws { try await writer.write(text: Self.event(text)) }

    /// Sends nothing: events are text.
    /// - Throws: always.
    package func send(binary: [UInt8]) async throws { throw NoText() }

    package func allowMessages(upTo bytes: Int) {}

    package func close() async { posted.finish() }

    /// An event with a field `data` for each line of `text`.
    static func event(_ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        return lines.map { "data: \($0)\r\n" }.joined() + "\r\n"
    }
}
