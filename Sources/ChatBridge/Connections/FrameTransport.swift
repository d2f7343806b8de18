/// The way to a WebSocket client. Given by whoever owns the socket.
public protocol FrameTransport: Sendable {
    /// Sends one text frame; returns once the kernel has taken it, however slow the client is. Throws when the socket is
    /// closed.
    func send(text: String) async throws
    /// Sends one binary frame, likewise.
    func send(binary: [UInt8]) async throws
    /// The client has said who it is: takes messages of up to `bytes` from now on.
    func allowMessages(upTo bytes: Int)
    /// Closes the socket normally. Called once at most, perhaps while a send waits, which throws then. Must not wait
    /// for a slow client for ever.
    func close() async
    /// Closes the socket with code 1008 (policy violation) and `reason`, which the client receives.
    func close(because reason: String) async
    /// The same because the service shuts down: close code 1001, at which clients connect again by themselves.
    func closeForShutdown() async
}

extension FrameTransport {
    /// Closes the socket, where there is no way to say why.
    public func close(because reason: String) async { await close() }

    /// Closes the socket, where there is no way to say why.
    public func closeForShutdown() async { await close() }
}

/// A client that does not take what is sent to it as fast as it comes.
enum SlowClient {
    /// The reason with which its connection is closed.
    static let reason = "too slow: too many messages are waiting to be sent to this client"
}
