public import Foundation
public import Logging

/// The dialect's Socket.IO application: who connects, their events, presence. It is also the outbox's way to the sockets.
public struct BananatalkSockets: SocketIOApplication, Notifier {
    /// Sockets of one node over a service.
    /// - Parameters:
    ///   - authenticate: names the caller of a token (and until when it holds); throws when it is none. The token is `auth.token`, else the query's
    ///     `token`, else the `Authorization` header's bearer; it may begin with `Bearer `.
    public init(
        service: BananatalkService, hub: SocketIOHub, logger: Logger,
        authenticate: @escaping @Sendable (_ token: String) async throws -> (caller: ChatCaller, expires: Date?)
    ) {}

    /// Judges the token.
    public func verdict(on request: SocketIOConnectRequest) async -> SocketIOVerdict { .refuse(message: "", data: nil) }
    /// Joins `user_<id>` and tells of the user's presence.
    public func connected(_ socket: SocketIOSocket) async {}
    /// Acts on an event.
    public func received(_ event: SocketIOEvent, from socket: SocketIOSocket) async -> [JSONValue]? { nil }
    /// Tells `authError`.
    public func expired(_ socket: SocketIOSocket) async {}
    /// Tells of the user's absence.
    public func disconnected(_ socket: SocketIOSocket) async {}
    /// Emits an outbox entry to the recipient's sockets.
    public func deliver(_ entry: OutboxEntry) async throws {}
}
