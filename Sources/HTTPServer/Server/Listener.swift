import CLinux
import Foundation
import Logging
import Synchronization

/// The listening socket, on the control loop. Used on that loop's thread alone once it is watching.
// Sendable: what changes is touched on the control loop's thread alone after `start`.
final class Listener: @unchecked Sendable {
    let address: SocketAddress
    private let descriptor: Int32
    /// Whether another process has made the socket, and may use it after this one.
    private let isPassed: Bool
    private let loop: ConnectionLoop
    private var watcher: SocketWatcher?
    private var isPaused = false
    /// A descriptor kept in reserve, so that one connection can still be answered when the process has no other left.
    private var reserve = Listener.openReserve()
    private var nextLogTime: UInt64 = 0

    /// The number of connections that the system queues before they are accepted.
    private static let backlog: Int32 = 1024
    /// Connections accepted per event: a burst of new connections must not delay the open ones.
    private static let acceptsPerEvent = 16

    /// Binds and listens.
    /// - Throws: ``BindError``.
    init(host: String, port: Int, loop: ConnectionLoop) throws(BindError) {
        self.loop = loop
        isPassed = false
        (descriptor, address) = try Self.bind(host: host, port: port)
    }

    /// Uses a socket that listens already.
    /// - Throws: ``BindError`` when it is no TCP socket that listens.
    init(passed socket: Int32, loop: ConnectionLoop) throws(BindError) {
        guard Self.option(SO_TYPE, of: socket) == Int32(SOCK_STREAM.rawValue),
            Self.option(SO_ACCEPTCONN, of: socket) == 1,
            [AF_INET, AF_INET6].contains(Self.option(SO_DOMAIN, of: socket) ?? -1)
        else { throw BindError(description: "the socket that was passed is no TCP socket that listens") }
        guard fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK) == 0 else {
            throw BindError(description: "cannot use the socket that was passed: \(String(cString: strerror(errno)))")
        }
        self.loop = loop
        isPassed = true
        (descriptor, address) = (socket, Self.bound(socket))
    }

    /// An option of a socket that is a number; `nil` where it is no socket.
    private static func option(_ name: Int32, of socket: Int32) -> Int32? {
        var (value, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(socket, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    /// Starts accepting.
    func start() {
        guard watcher == nil else { return }
        watcher = SocketWatcher(loop: loop.events, descriptor: descriptor) { [unowned self] _ in
            accept(atMost: Self.acceptsPerEvent)
        }
        watcher?.watch(.readable)
    }

    /// The time allowed for handshakes under way at a shutdown, in milliseconds. A client is connected when it has the server's SYN-ACK, but
    /// its connection can be accepted only when its ACK has arrived (RFC 9293, section 3.5).
    static let handshakeMilliseconds: UInt64 = 100

    /// Has the system begin no more connections; those that were begun are still accepted. Where the system cannot do that, all are
    /// accepted until ``stop()``. A socket that was passed is not changed: the next process accepts its connections.
    func refuseConnections() {
        if !isPassed { _ = darkroom_refuse_connections(descriptor) }
    }

    /// Stops accepting, ``handshakeMilliseconds`` after ``refuseConnections()``. Clients that the system has already told that they are connected
    /// are still accepted, because it would reset their connections; those that connect later are rejected by the system.
    func stop() {
        guard watcher != nil else { return }
        watcher?.close()
        watcher = nil
        if !isPassed { accept(atMost: Int(Self.backlog) + 1) }
        close(descriptor)
        closeReserve()
    }

    /// Retries after a tick: descriptors may have become free.
    func tick() {
        if reserve < 0 { reserve = Self.openReserve() }
        guard isPaused else { return }
        isPaused = false
        watcher?.watch(.readable)
    }

    private func accept(atMost most: Int) {
        for _ in 0..<most {
            let (result, peer) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 46) { text in
                let result = darkroom_accept(descriptor, text.baseAddress)
                return (result, result >= 0 ? String(cString: text.baseAddress!) : "")
            }
            if result >= 0 {
                accept(result, peer)
            } else if result == -EMFILE || result == -ENFILE || result == -ENOBUFS || result == -ENOMEM {
                logExhaustedDescriptors()
                // Idle connections are closed first; if there is none, the client is answered with the reserve.
                if loop.closeIdleConnections(for: "") { continue }
                if closeReserve() { continue }
                isPaused = true
                watcher?.watch([])
                return
            } else if result != -ECONNABORTED && result != -EINTR {
                return
            }
        }
    }

    private func accept(_ socket: Int32, _ peer: String) {
        let core = loop.core
        core.counts.accepted.add(1, ordering: .relaxed)
        let isOverLimit =
            core.open.count >= core.configuration.maximumConnections
            || darkroom_is_among_last_descriptors(socket, 0) != 0
        let isFull = reserve < 0 || isOverLimit && !loop.closeIdleConnections(for: peer)
        if isFull {
            core.counts.rejected.add(1, ordering: .relaxed)
            // Connections that are answered 503 hold their descriptors for a while.
            guard darkroom_is_among_last_descriptors(socket, 1) == 0 || reserve < 0, core.beginDrain(for: peer) else {
                close(socket)
                return
            }
        }
        let connection = Connection(descriptor: socket, peer: peer, loop: loop)
        loop.load.add(1, ordering: .relaxed)
        connection.phaseStart = loop.events.now
        connection.holdsDrainPermit = isFull
        connection.attach()
        guard isFull, connection.phase != .closed else { return }
        connection.respondAndClose(
            status: .serviceUnavailable, reason: "the server has as many connections as it can hold",
            fields: ["Retry-After": "5"])
    }

    /// At most once in 10 s: the condition may last.
    private func logExhaustedDescriptors() {
        let now = loop.events.now
        guard now >= nextLogTime else { return }
        nextLogTime = now + 10_000
        loop.core.logger.error("no descriptor is left for another connection; raise the limit of open files")
    }

    private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Returns whether a descriptor is free now.
    @discardableResult
    private func closeReserve() -> Bool {
        guard reserve >= 0 else { return false }
        close(reserve)
        reserve = -1
        return true
    }

    private static func bind(host: String, port: Int) throws(BindError) -> (Int32, SocketAddress) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        let found = getaddrinfo(host, String(port), &hints, &list)
        guard found == 0, let first = list?.pointee else {
            throw BindError(
                description: "\(host) is not an address of this machine: \(String(cString: gai_strerror(found)))")
        }
        defer { freeaddrinfo(list) }
        let socket = Glibc.socket(
            first.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        func fail(_ call: String) -> BindError {
            let reason = String(cString: strerror(errno))
            close(socket)
            return BindError(
                description:
                    "cannot \(call) \(host):\(port): \(reason); choose another address or port, or stop the process that uses it"
            )
        }
        guard socket >= 0 else { throw fail("open a socket for") }
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard Glibc.bind(socket, first.ai_addr, first.ai_addrlen) == 0 else { throw fail("listen on") }
        guard listen(socket, backlog) == 0 else { throw fail("listen on") }
        return (socket, bound(socket))
    }

    private static func bound(_ socket: Int32) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getsockname(socket, address, &length)
                getnameinfo(
                    address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return SocketAddress(host: text(host), port: Int(text(port)) ?? 0)
    }
}
