package import HTTPServer

/// A WebSocket as the transport to a chat client.
package struct WebSocketTransport: FrameTransport {
    let connection: WebSocketConnection

    package init(connection: WebSocketConnection) {
        self.connection = connection
    }

    /// - Throws: an error when the socket is closed.
    package func send(text: String) async throws { try await connection.send(.text(text)) }
    /// - Throws: an error when the socket is closed.
    package func send(binary: [UInt8]) async throws { try await connection.send(.binary(binary)) }
    package func allowMessages(upTo bytes: Int) { connection.allowMessages(upTo: bytes) }
    package func close() async { await connection.close() }
    package func closeForShutdown() async { await connection.close(code: .goingAway) }
    package func close(because reason: String) async { await connection.close(code: .policyViolation, reason: reason) }
}
