import CLinux
import Foundation
import Logging
import Synchronization

/// The listening socket, on the control loop. Used on that loop's thread alone once it is watching.
// Sendable: what changes is touched on the control loop's thread alone after `start`.
final class Listener: @unchecked Sendable {
    let address: SocketAddress
    private let descriptor: Int32
    private let loop: ConnectionLoop
    private var watcher: SocketWatcher?
    private var isPaused = false
    /// Kept so that there is one to answer with when the process has no other left.
    private var spare = Listener.openSpare()
    private var nextComplaint: UInt64 = 0

    /// Connections that the system lets wait to be accepted.
    private static let backlog: Int32 = 1024
    /// Connections accepted in one turn: a storm of them, and of their first requests, does not hold up those that are open.
    private static let burst = 16

    /// Binds and listens.
    init(host: String, port: Int, loop: ConnectionLoop) throws {
        self.loop = loop
        (descriptor, address) = try Self.bind(host: host, port: port)
    }

    /// Begins to accept.
    func start() {
        watcher = SocketWatcher(loop: loop.events, descriptor: descriptor) { [unowned self] _ in
            accept(atMost: Self.burst)
        }
        watcher?.watch(.readable)
    }

    /// Stops accepting. Clients that connected before this get a connection, which the system would reset otherwise although
    /// it has told them that they are connected; clients that connect after it are refused by the system.
    func stop() {
        guard watcher != nil else { return }
        watcher?.close()
        watcher = nil
        // No connection may arrive between the last `accept` and the close. Where the system cannot prevent that, it is rare.
        _ = darkroom_take_no_connection(descriptor)
        accept(atMost: Int(Self.backlog) + 1)
        close(descriptor)
        giveUpSpare()
    }

    /// A tick has passed: descriptors may have become free.
    func tick() {
        if spare < 0 { spare = Self.openSpare() }
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
                welcome(result, peer)
            } else if result == -EMFILE || result == -ENFILE || result == -ENOBUFS || result == -ENOMEM {
                complain()
                // Connections on which nothing happens give way; the client that has none is told so with the spare one.
                if loop.makeRoom(for: "") { continue }
                if giveUpSpare() { continue }
                isPaused = true
                watcher?.watch([])
                return
            } else if result != -ECONNABORTED && result != -EINTR {
                return
            }
        }
    }

    private func welcome(_ socket: Int32, _ peer: String) {
        let core = loop.core
        core.counts.accepted.add(1, ordering: .relaxed)
        let isOverLimit =
            core.open.count >= core.configuration.maximumConnections
            || darkroom_is_among_last_descriptors(socket, 0) != 0
        let isFull = spare < 0 || isOverLimit && !loop.makeRoom(for: peer)
        if isFull {
            core.counts.refused.add(1, ordering: .relaxed)
            // Those that are told so hold their descriptors for a while.
            guard darkroom_is_among_last_descriptors(socket, 1) == 0 || spare < 0, core.beginDrain(for: peer) else {
                close(socket)
                return
            }
        }
        let connection = Connection(descriptor: socket, peer: peer, loop: loop)
        loop.load.add(1, ordering: .relaxed)
        connection.phaseStart = loop.events.now
        connection.holdsDrainSlot = isFull
        connection.attach()
        guard isFull, connection.phase != .closed else { return }
        connection.answerAndEnd(
            status: .serviceUnavailable, reason: "the server has as many connections as it can hold",
            fields: ["Retry-After": "5"])
    }

    /// Once a while: it may go on for long.
    private func complain() {
        let now = loop.events.now
        guard now >= nextComplaint else { return }
        nextComplaint = now + 10_000
        loop.core.logger.error("no descriptor is left for another connection; raise the limit of open files")
    }

    private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Returns whether a descriptor is free now.
    @discardableResult
    private func giveUpSpare() -> Bool {
        guard spare >= 0 else { return false }
        close(spare)
        spare = -1
        return true
    }

    private static func bind(host: String, port: Int) throws -> (Int32, SocketAddress) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        let found = getaddrinfo(host, String(port), &hints, &list)
        guard found == 0, let first = list?.pointee else {
            throw BindError(
                description: "\(host) is no address of this machine: \(String(cString: gai_strerror(found)))")
        }
        defer { freeaddrinfo(list) }
        let socket = Glibc.socket(
            first.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        func fail(_ call: String) -> BindError {
            let reason = String(cString: strerror(errno))
            close(socket)
            return BindError(
                description:
                    "cannot \(call) \(host):\(port): \(reason); choose another address or port, or stop what has it")
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
