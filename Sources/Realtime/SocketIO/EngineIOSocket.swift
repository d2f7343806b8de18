/// An open WebSocket of a session. The owner of the socket reports what it receives here.
public final class EngineIOSocket: Sendable {
    private let session: SocketIOSession
    private let number: Int

    init(session: SocketIOSession, number: Int) {
        self.session = session
        self.number = number
    }

    /// Reports a text frame. Waits while too many of the client's events are queued for the application.
    public func receive(text: String) async { await session.receive(.text(text), on: number) }

    /// Reports a binary frame. Waits like ``receive(text:)``.
    public func receive(binary: [UInt8]) async { await session.receive(.binary(binary), on: number) }

    /// Reports that the socket is closed, by either side.
    public func closed() { session.webSocketClosed(number) }
}
