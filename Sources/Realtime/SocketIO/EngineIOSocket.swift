/// An open WebSocket of a session: what its owner tells the server.
public final class EngineIOSocket: Sendable {
    private let session: SocketIOSession
    private let number: Int

    init(session: SocketIOSession, number: Int) {
        self.session = session
        self.number = number
    }

    /// Tells of a text frame. Waits while too many of the client's events wait to be worked on.
    public func receive(text: String) async { await session.receive(.text(text), on: number) }

    /// Tells of a binary frame.
    public func receive(binary: [UInt8]) async { await session.receive(.binary(binary), on: number) }

    /// Tells that the socket is closed, by whomever.
    public func closed() { session.webSocketClosed(number) }
}
