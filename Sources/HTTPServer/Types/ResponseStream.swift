public import Bytes

/// A response's body whose length is not known: it is written as it comes to be, until the handler returns.
public struct ResponseStream: Sendable {
    /// Writes the body, in a task of its own, which is cancelled when the client disconnects. When it returns the body ends.
    public let handler: @Sendable (ResponseWriter) async -> Void

    /// A body that `handler` writes.
    public init(_ handler: @escaping @Sendable (ResponseWriter) async -> Void) { self.handler = handler }
}

/// Writes the body of a response that is being sent. May be used from any thread, by one task at a time.
public struct ResponseWriter: Sendable {
    let sender: any ResponseSender

    /// Writes bytes. Returns once the kernel has accepted them, however slow the client is.
    /// - Throws: ``RequestBodyError`` when the connection has ended.
    public func write(_ chunk: ByteChunk) async throws { try await sender.write(chunk) }

    /// Writes a text as UTF-8, see ``write(_:)``.
    /// - Throws: ``RequestBodyError`` when the connection has ended.
    public func write(text: String) async throws { try await write(ByteChunk(text.utf8)) }

    /// Ends the HTTP connection if a write is waiting for the client to read: that write throws, and queued bytes are dropped.
    /// May be called while another task writes.
    public func abort() { sender.abort() }
}

/// Sends parts of a body. May be called on any thread.
protocol ResponseSender: Sendable {
    /// Sends a part of the body; returns when the kernel has accepted it.
    func write(_ chunk: ByteChunk) async throws
    /// Ends the connection if a write waits, which then throws.
    func abort()
}
