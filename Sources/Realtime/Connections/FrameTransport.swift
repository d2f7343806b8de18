/// Sends frames to a WebSocket client; implemented by the owner of the socket.
public protocol FrameTransport: Sendable {
    /// Sends one text frame; returns once the kernel has accepted it, however slow the client is.
    /// - Throws: any error when the socket is closed.
    func send(text: String) async throws
    /// Sends one binary frame; returns once the kernel has accepted it, however slow the client is.
    /// - Throws: any error when the socket is closed.
    func send(binary: [UInt8]) async throws
    /// Whether binary frames can be sent.
    var sendsBinary: Bool { get }
    /// Accepts messages of up to `bytes` from now on, because the client has authenticated itself.
    func allowMessages(upTo bytes: Int)
    /// The connection will be closed once its queue is sent: a transport whose client may never fetch the rest limits how
    /// long that may take. May be called several times, before ``close()``.
    func willClose()
    /// Closes the socket normally. Called at most once, possibly while a send is waiting, which then throws. Must not
    /// wait indefinitely for a slow client.
    func close() async
    /// Closes the socket with code 1008 (policy violation) and `reason`, which the client receives.
    func close(because reason: String) async
    /// Closes the socket with code 1001 because the service shuts down; clients then reconnect on their own.
    func closeForShutdown() async
}

extension FrameTransport {
    /// By default binary frames can be sent.
    public var sendsBinary: Bool { true }

    /// Sends one frame.
    /// - Throws: any error when the socket is closed.
    func send(_ frame: SocketFrame) async throws {
        switch frame {
        case .text(let text): try await send(text: text)
        case .binary(let bytes): try await send(binary: bytes)
        }
    }

    /// Does nothing, for transports whose sends end with their socket.
    public func willClose() {}

    /// Closes the socket without a reason, for transports that cannot send one.
    public func close(because reason: String) async { await close() }

    /// Closes the socket normally, for transports that cannot send a code.
    public func closeForShutdown() async { await close() }
}

/// A client that reads more slowly than its events arrive.
enum SlowClient {
    /// The reason sent when its connection is closed.
    static let reason = "too slow: too many messages are waiting to be sent to this client"
}
