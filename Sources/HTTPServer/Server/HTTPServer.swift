public import Logging

/// Where a server listens.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The numeric address.
    public let host: String
    /// The port.
    public let port: Int

    /// An address made of its parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, an IPv6 address in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// An HTTP/1.1 server.
public final class HTTPServer: Sendable {
    /// A server that answers with `responder`. It does nothing until it is started.
    public init(configuration: HTTPServerConfiguration, logger: Logger, responder: any HTTPResponder) {}

    /// Binds, listens and serves. Returns the address it is bound to.
    ///
    /// Throws ``ConfigurationError`` or ``BindError``.
    public func start() async throws -> SocketAddress { SocketAddress(host: "", port: 0) }

    /// Stops accepting, lets what runs finish within `deadline`, then closes everything. WebSockets are closed with 1001.
    public func shutdown(deadline: Duration) async {}

    /// What the server has counted so far.
    public var counters: HTTPServerCounters { HTTPServerCounters() }
}

/// The address cannot be listened on.
public struct BindError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, and what to do.
    public let description: String
}

/// What a server has counted.
public struct HTTPServerCounters: Sendable, Hashable {
    /// Connections open now.
    public var connections = 0
    /// Connections accepted.
    public var accepted = 0
    /// Connections answered 503 because of the limit.
    public var refused = 0
    /// Requests handed to the responder.
    public var requests = 0
    /// Requests that were malformed or over a limit of heads.
    public var malformed = 0
    /// WebSockets open now.
    public var webSockets = 0
    /// Body bytes received.
    public var bodyBytes = 0
    /// Connections closed by a deadline.
    public var timedOut = 0
}
