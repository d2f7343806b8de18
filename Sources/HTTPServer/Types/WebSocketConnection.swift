/// Sends the messages of a WebSocket. May be called on any thread.
protocol WebSocketSender: Sendable {
    /// Sends one message; returns when the kernel has accepted it.
    func deliver(_ message: WebSocketMessage) async throws
    /// Accepts messages of up to `bytes` from now on.
    func allowMessages(upTo bytes: Int)
    /// Sends a close after what was sent before.
    func sendClose(code: WebSocketCloseCode, reason: String)
}

/// An open WebSocket, as its handler sees it.
public final class WebSocketConnection: Sendable {
    private let inbox: ByteQueue<WebSocketMessage>
    private let sender: any WebSocketSender

    init(inbox: ByteQueue<WebSocketMessage>, sender: any WebSocketSender) {
        self.inbox = inbox
        self.sender = sender
    }

    /// The client's messages, to be iterated once. Pings are answered internally; ends when the socket is closed for any reason.
    public var messages: Messages { Messages(inbox: inbox) }

    /// Sends one message. Returns once the kernel has accepted all of it: what was sent survives the end of this
    /// process.
    /// - Throws: ``WebSocketClosed`` when the socket is closed, before or while it is sent.
    public func send(_ message: WebSocketMessage) async throws {
        do {
            try await sender.deliver(message)
        } catch let closed as WebSocketClosed {
            throw closed
        } catch {
            throw WebSocketClosed(code: .abnormal)
        }
    }

    /// Accepts messages of up to `bytes` from now on: before a client is authenticated, a lower limit may apply. The new limit
    /// is in force before anything that is sent after this call reaches the client.
    public func allowMessages(upTo bytes: Int) { sender.allowMessages(upTo: bytes) }

    /// Closes the socket: what was sent before still arrives. `reason` is cut to 123 bytes of UTF-8.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") async {
        sender.sendClose(code: code, reason: reason)
    }

    /// The messages of a WebSocket.
    public struct Messages: AsyncSequence, Sendable {
        fileprivate let inbox: ByteQueue<WebSocketMessage>

        /// Iterates over the messages.
        public func makeAsyncIterator() -> Iterator { Iterator(inbox: inbox) }

        /// Iterates over the messages.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let inbox: ByteQueue<WebSocketMessage>

            /// The next message, waited for; `nil` when the socket is closed or the task is cancelled.
            public mutating func next() async -> WebSocketMessage? { try? await inbox.next() }
        }
    }
}
