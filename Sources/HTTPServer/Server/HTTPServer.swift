public import Logging
import Synchronization

/// The address that a server listens on.
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

/// An HTTP/1.1 server. Once started it runs until it is shut down.
public final class HTTPServer: Sendable {
    private struct Running {
        let control: ConnectionLoop
        let uploads: [ConnectionLoop]
        let listener: Listener

        var loops: [ConnectionLoop] { [control] + uploads }
    }

    private let core: ServerCore
    private let running = Mutex<Running?>(nil)

    /// A server that responses with `responder`. It does nothing before ``start()``.
    public init(configuration: HTTPServerConfiguration, logger: Logger, responder: any HTTPResponder) {
        core = ServerCore(configuration: configuration, logger: logger, responder: responder)
    }

    /// Binds, listens and serves. Must be called once. Returns the address it is bound to.
    /// - Parameter acceptsAtOnce: `false` to accept connections only from ``acceptConnections()`` on; clients wait until then.
    /// - Throws: ``ConfigurationError`` for a setting out of range, ``BindError`` when the address cannot be listened on.
    public func start(acceptsAtOnce: Bool = true) async throws -> SocketAddress {
        let configuration = core.configuration
        try configuration.validate()
        let control = ConnectionLoop(role: .control, name: "http-control", core: core)
        let listener =
            try configuration.passedSocket.map { try Listener(passed: $0, loop: control) }
            ?? Listener(host: configuration.host, port: configuration.port, loop: control)
        let uploads = (1...configuration.uploadThreads).map { number in
            ConnectionLoop(role: .upload, name: "http-upload-\(number)", core: core)
        }
        control.uploads = uploads
        control.onTick = { listener.tick() }
        uploads.forEach { $0.control = control }
        let now = Running(control: control, uploads: uploads, listener: listener)
        now.loops.forEach { $0.start() }
        if acceptsAtOnce { control.events.post { listener.start() } }
        running.withLock { $0 = now }
        return listener.address
    }

    /// Begins to accept connections, after a ``start(acceptsAtOnce:)`` that did not.
    public func acceptConnections() {
        guard let (control, listener) = running.withLock({ $0.map { ($0.control, $0.listener) } }) else { return }
        control.events.post { listener.start() }
    }

    /// Returns when each of the server's threads has run a job, which none does that is stuck; at once where none runs.
    public func waitUntilResponsive() async {
        for loop in running.withLock({ $0?.loops ?? [] }) {
            await withCheckedContinuation { continuation in
                if !loop.events.post({ continuation.resume() }) { continuation.resume() }
            }
        }
    }

    /// Stops accepting, lets running requests finish within `deadline`, then closes everything. WebSockets are closed with 1001.
    ///
    /// A request whose first bytes have reached this machine counts as running: it is read and answered. A connection that
    /// has sent no request yet has a second to send one; other idle connections are closed at once.
    public func shutdown(deadline: Duration) async {
        guard let running = running.withLock({ $0.take() }) else { return }
        core.isShuttingDown = true
        await withCheckedContinuation { continuation in
            running.control.events.post { running.listener.refuseConnections() }
            running.control.events.post(after: Listener.handshakeMilliseconds) {
                running.listener.stop()
                running.control.onTick = {}
                running.control.shutDown(now: false)
                continuation.resume()
            }
        }
        running.uploads.forEach { loop in loop.events.post { loop.shutDown(now: false) } }
        let finished = Task { await core.open.waitUntilNone() }
        let timeout = Task {
            try await Task.sleep(for: deadline)
            core.mustClose = true
            running.loops.forEach { loop in loop.events.post { loop.shutDown(now: true) } }
        }
        await finished.value
        timeout.cancel()
        running.loops.forEach { $0.events.stop() }
    }

    /// What the server has counted so far.
    public var counters: HTTPServerCounters {
        let counts = core.counts
        return HTTPServerCounters(
            connections: core.open.count, accepted: counts.accepted.load(ordering: .relaxed),
            rejected: counts.rejected.load(ordering: .relaxed), requests: counts.requests.load(ordering: .relaxed),
            malformed: counts.malformed.load(ordering: .relaxed),
            webSockets: counts.webSockets.load(ordering: .relaxed),
            bodyBytes: counts.bodyBytes.load(ordering: .relaxed),
            sentBytes: counts.sentBytes.load(ordering: .relaxed), timedOut: counts.timedOut.load(ordering: .relaxed),
            waitingResponseBytes: counts.waitingResponseBytes.load(ordering: .relaxed),
            slowReaders: counts.slowReaders.load(ordering: .relaxed))
    }
}

/// The server cannot listen on its address.
public struct BindError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, and how to remedy it.
    public let description: String
}

/// The counters of a server.
public struct HTTPServerCounters: Sendable, Hashable {
    /// Connections open now.
    public var connections = 0
    /// Connections accepted.
    public var accepted = 0
    /// Connections answered 503 because of the limit.
    public var rejected = 0
    /// Requests handed to the responder.
    public var requests = 0
    /// Requests that were malformed or over a limit of heads.
    public var malformed = 0
    /// WebSockets open now.
    public var webSockets = 0
    /// Body bytes received.
    public var bodyBytes = 0
    /// Bytes sent: heads, bodies and WebSocket frames.
    public var sentBytes = 0
    /// Connections closed by a deadline.
    public var timedOut = 0
    /// Bytes of responses that wait in memory for clients to read them.
    public var waitingResponseBytes = 0
    /// Connections closed because too much waited in memory and their clients read most slowly.
    public var slowReaders = 0
}
