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
    /// 1005: a close without a code. Never sent.
    public static let noStatus = WebSocketCloseCode(rawValue: 1005)
    /// 1006: the connection ended without a close. Never sent.
    public static let abnormal = WebSocketCloseCode(rawValue: 1006)
    /// 1008
    public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// 1009
    public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
}

/// The WebSocket is closed.
public struct WebSocketClosed: Error, Hashable, Sendable {
    /// The code the client sent, or the one its connection ended with.
    public let code: WebSocketCloseCode
}
