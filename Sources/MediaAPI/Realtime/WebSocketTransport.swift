import ChatBridge
import HTTPServer

/// A WebSocket as the way to a client of chat.
struct WebSocketTransport: FrameTransport {
    let connection: WebSocketConnection

    func send(text: String) async throws { try await connection.send(.text(text)) }
    func send(binary: [UInt8]) async throws { try await connection.send(.binary(binary)) }
    func allowMessages(upTo bytes: Int) { connection.allowMessages(upTo: bytes) }
    func close() async { await connection.close() }
    func closeForShutdown() async { await connection.close(code: .goingAway) }
    func close(because reason: String) async { await connection.close(code: .policyViolation, reason: reason) }
}
