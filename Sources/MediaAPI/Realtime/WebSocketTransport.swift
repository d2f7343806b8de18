import ChatBridge
import HTTPServer

/// A WebSocket as the way to a client of chat.
struct WebSocketTransport: FrameTransport {
    let connection: WebSocketConnection

    func send(text: String) async throws { try await connection.send(.text(text)) }
    func send(binary: [UInt8]) async throws { try await connection.send(.binary(binary)) }
    func close() async { await connection.close() }
}
