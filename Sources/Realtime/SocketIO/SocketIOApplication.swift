public import Foundation
public import JSON

/// A client's request to connect to a namespace.
public struct SocketIOConnectRequest: Sendable {
    /// The namespace: `/`, unless the application has others.
    public var namespace: String
    /// The CONNECT packet's object (`handshake.auth`); `null` when there was none.
    public var auth: JSONValue
    /// The request that opened the session.
    public var handshake: SocketIOHandshake
}

/// How the application answers a connect request.
public enum ConnectDecision: Sendable {
    /// Connect the client as this user (`nil`: not identified yet) until the date (`nil`: no expiry) and add it to
    /// these rooms.
    case accept((any ConnectionIdentity)?, until: Date?, rooms: Set<String>)
    /// Send CONNECT_ERROR with `{"message": …}` and `data`, if any.
    case reject(message: String, data: JSONValue?)
    /// Connect the client, send it these events, each with its argument, and disconnect it: for clients that expect a
    /// rejection as an event. It is in no room, whatever it sends is ignored, and the application is not called for it
    /// again.
    case sendAndDisconnect([(event: String, JSONValue)])
}

/// How the application answers an event.
public enum SocketIOReply: Sendable, Hashable {
    /// No acknowledgement, even if the client asked for one.
    case none
    /// The acknowledgement's arguments, sent if the client asked for one.
    case acknowledge([JSONValue])
    /// Like ``acknowledge(_:)``; the socket is disconnected afterwards.
    case acknowledgeAndDisconnect([JSONValue])
}

/// A chat system's handling of its sockets. The calls for one socket are serialized, in order.
public protocol SocketIOApplication: Sendable {
    /// Decides whether a client may connect.
    func decision(on request: SocketIOConnectRequest) async -> ConnectDecision
    /// Called when a socket is connected and the CONNECT reply has been queued.
    func connected(_ socket: SocketIOSocket) async
    /// Called for each event of a client.
    func received(_ event: SocketIOEvent, from socket: SocketIOSocket) async -> SocketIOReply
    /// Called when the date until which a socket was accepted has passed; the socket is disconnected afterwards.
    func expired(_ socket: SocketIOSocket) async
    /// Called when a socket is disconnected; it has been removed from its rooms already.
    func disconnected(_ socket: SocketIOSocket) async
}
