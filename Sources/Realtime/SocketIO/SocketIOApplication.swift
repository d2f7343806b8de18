public import Foundation
public import JSON

/// A client's wish to connect to a namespace.
public struct SocketIOConnectRequest: Sendable {
    /// `/`, unless the application has others.
    public var namespace: String
    /// The CONNECT packet's object (`handshake.auth`); `null` when there was none.
    public var auth: JSONValue
    /// The request that opened the session.
    public var handshake: SocketIOHandshake
}

/// What becomes of the wish.
public enum ConnectDecision: Sendable {
    /// Connected, as this user (`nil`: not identified yet) until the date (`nil`: without end), in these rooms.
    case accept((any ConnectionIdentity)?, until: Date?, rooms: Set<String>)
    /// CONNECT_ERROR with `{"message": …}` and `data`, if any.
    case refuse(message: String, data: JSONValue?)
    /// Connected only to be told these events, each with its argument, and then disconnected: for clients that hear of a
    /// refusal by an event. It is in no room, nothing that it sends is taken, and the application hears no more of it.
    case turnAway([(event: String, JSONValue)])
}

/// What becomes of an event.
public enum SocketIOReply: Sendable, Hashable {
    /// Nothing is said, even if the client asked for it.
    case none
    /// The acknowledgement's arguments, sent if the client asked for one.
    case acknowledge([JSONValue])
    /// The same, and then the socket is put out.
    case acknowledgeAndDisconnect([JSONValue])
}

/// What a chat system does with its sockets. For one socket the calls come in order, one at a time.
public protocol SocketIOApplication: Sendable {
    /// Judges a wish to connect.
    func verdict(on request: SocketIOConnectRequest) async -> ConnectDecision
    /// A socket is connected: its CONNECT answer has been sent.
    func connected(_ socket: SocketIOSocket) async
    /// An event came.
    func received(_ event: SocketIOEvent, from socket: SocketIOSocket) async -> SocketIOReply
    /// The date until which a socket was accepted has passed. It is disconnected after this.
    func expired(_ socket: SocketIOSocket) async
    /// A socket has gone; it has left its rooms already.
    func disconnected(_ socket: SocketIOSocket) async
}
