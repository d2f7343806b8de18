/// An open WebSocket, as its handler sees it.
public final class WebSocketConnection: Sendable {
    private let inbox: Mailbox<WebSocketMessage>

    init(inbox: Mailbox<WebSocketMessage>) { self.inbox = inbox }

    /// The client's messages, once. Pings are answered inside; ends when the socket is closed, however that came.
    public var messages: Messages { Messages(inbox: inbox) }

    /// Sends one message. Waits while the client is slow to take what was sent before.
    ///
    /// Throws ``WebSocketClosed``.
    public func send(_ message: WebSocketMessage) async throws {}

    /// Closes the socket: what was sent before still arrives. `reason` is cut to 123 bytes of UTF-8.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") async {}

    /// The messages of a WebSocket.
    public struct Messages: AsyncSequence, Sendable {
        fileprivate let inbox: Mailbox<WebSocketMessage>

        /// Goes through the messages.
        public func makeAsyncIterator() -> Iterator { Iterator(inbox: inbox) }

        /// Goes through the messages.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let inbox: Mailbox<WebSocketMessage>

            /// The next message, waited for; `nil` when the socket is closed or the task is cancelled.
            public mutating func next() async -> WebSocketMessage? { try? await inbox.next() }
        }
    }
}
