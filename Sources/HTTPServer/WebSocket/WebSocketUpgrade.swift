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

/// One message, whole.
public enum WebSocketMessage: Sendable, Equatable {
    /// A text message, which was valid UTF-8.
    case text(String)
    /// A binary message.
    case binary([UInt8])
}

/// Why a WebSocket was closed (RFC 6455 section 7.4).
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    /// The code.
    public let rawValue: UInt16

    /// The close code of that number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000
    public static let normal = WebSocketCloseCode(rawValue: 1000)
    /// 1001: the server shuts down, or the page was left.
    public static let goingAway = WebSocketCloseCode(rawValue: 1001)
    /// 1002
    public static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// 1003
    public static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
    /// 1005: a close without a code. Never sent.
    public static let noStatus = WebSocketCloseCode(rawValue: 1005)
    /// 1006: the connection ended without a close. Never sent.
    public static let abnormal = WebSocketCloseCode(rawValue: 1006)
    /// 1007
    public static let invalidPayload = WebSocketCloseCode(rawValue: 1007)
    /// 1008
    public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// 1009
    public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
    /// 1011
    public static let internalError = WebSocketCloseCode(rawValue: 1011)
}

/// The WebSocket is closed.
public struct WebSocketClosed: Error, Hashable, Sendable {
    /// The code the client sent, or the one its connection ended with.
    public let code: WebSocketCloseCode
}
