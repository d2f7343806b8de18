/// What becomes of a connection that is upgraded to a WebSocket (RFC 6455).
public struct WebSocketUpgrade: Sendable {
    /// The subprotocol that was chosen among those the client offered; `nil` for none.
    public let subprotocol: String?
    /// The size of the largest message that is taken, in bytes; a larger one closes with 1009.
    public let maximumMessageSize: Int
    /// Runs in a task of its own for as long as the socket is wanted; when it returns the socket is closed with 1000.
    public let handler: @Sendable (WebSocketConnection) async -> Void

    /// An upgrade that hands the open socket to `handler`.
    public init(
        subprotocol: String? = nil, maximumMessageSize: Int,
        handler: @escaping @Sendable (WebSocketConnection) async -> Void
    ) {
        self.subprotocol = subprotocol
        self.maximumMessageSize = maximumMessageSize
        self.handler = handler
    }
}
