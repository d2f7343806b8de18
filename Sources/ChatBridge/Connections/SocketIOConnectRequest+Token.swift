public import Foundation
import JSON

extension SocketIOConnectRequest {
    /// The token that the client shows: of `auth.token`, else of the query's `token`, else of the `authorization`
    /// header; without a `Bearer ` before it. `nil` when it shows none.
    public var token: String? {
        let shown = auth["token"]?.stringValue ?? handshake.query["token"] ?? handshake.headers["authorization"]
        guard let shown, !shown.isEmpty else { return nil }
        return shown.prefix(7).lowercased() == "bearer " ? String(shown.dropFirst(7)) : shown
    }
}

/// Names the caller of a token, and until when it holds; throws when it is none, or the chat server's own: that one has
/// no connections, it is told by webhook.
public typealias TokenAuthentication = @Sendable (_ token: String) async throws -> (caller: ChatCaller, expires: Date?)
