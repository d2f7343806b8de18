public import ChatBridge
public import Foundation
import JSON
public import Realtime

extension SocketIOConnectRequest {
    /// The client's token: `auth.token`, else the query's `token`, else the `authorization` header, without a leading
    /// `Bearer `; `nil` when there is none.
    public var token: String? {
        let value = auth["token"]?.stringValue ?? handshake.query["token"] ?? handshake.headers["authorization"]
        guard let value, !value.isEmpty else { return nil }
        return value.prefix(7).lowercased() == "bearer " ? String(value.dropFirst(7)) : value
    }
}

/// Returns the caller of a token and when it expires; throws when it is not valid, or the chat server's own, which has no
/// connections.
public typealias TokenAuthentication = @Sendable (_ token: String) async throws -> (caller: ChatCaller, expires: Date?)
