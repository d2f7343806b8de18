/// What carries the messages of a WebSocket, from whatever thread they come.
protocol WebSocketWire: Sendable {
    /// Sends one message; returns when the kernel has taken it.
    func deliver(_ message: WebSocketMessage) async throws
    /// Takes messages of that many bytes from now on.
    func allowMessages(upTo bytes: Int)
    /// Sends a close behind what was sent before.
    func hangUp(code: WebSocketCloseCode, reason: String)
}

/// An open WebSocket, as its handler sees it.
public final class WebSocketConnection: Sendable {
    private let inbox: ByteQueue<WebSocketMessage>
    private let wire: any WebSocketWire

    init(inbox: ByteQueue<WebSocketMessage>, wire: any WebSocketWire) {
        self.inbox = inbox
        self.wire = wire
    }

    /// The client's messages, once. Pings are answered inside; ends when the socket is closed, however that came.
    public var messages: Messages { Messages(inbox: inbox) }

    /// Sends one message. Returns once the kernel has taken all of it: what was sent survives the end of this process.
    ///
    /// Throws ``WebSocketClosed``.
    public func send(_ message: WebSocketMessage) async throws {
        do {
            try await wire.deliver(message)
        } catch let closed as WebSocketClosed {
            throw closed
        } catch {
            throw WebSocketClosed(code: .abnormal)
        }
    }

    /// Takes messages of up to `bytes` from now on: before a client has said who it is, less may be taken. What is sent
    /// after this call reaches the client when it already holds.
    public func allowMessages(upTo bytes: Int) { wire.allowMessages(upTo: bytes) }

    /// Closes the socket: what was sent before still arrives. `reason` is cut to 123 bytes of UTF-8.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") async {
        wire.hangUp(code: code, reason: reason)
    }

    /// The messages of a WebSocket.
    public struct Messages: AsyncSequence, Sendable {
        fileprivate let inbox: ByteQueue<WebSocketMessage>

        /// Goes through the messages.
        public func makeAsyncIterator() -> Iterator { Iterator(inbox: inbox) }

        /// Goes through the messages.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let inbox: ByteQueue<WebSocketMessage>

            /// The next message, waited for; `nil` when the socket is closed or the task is cancelled.
            public mutating func next() async -> WebSocketMessage? { try? await inbox.next() }
        }
    }
}
