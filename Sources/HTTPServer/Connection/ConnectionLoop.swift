import Bytes
import Foundation
import Synchronization

/// An event loop and its connections.
// Sendable: everything that changes is touched on the loop's own thread alone, but for `load`, which is atomic.
final class ConnectionLoop: @unchecked Sendable {
    enum Role {
        /// Accepts connections, and serves small requests and WebSockets.
        case control
        /// Receives long bodies.
        case upload
    }

    let role: Role
    let events: EventLoop
    let core: ServerCore
    /// The loops that connections with long bodies move to. Set before the loop starts; empty on upload loops.
    var uploads: [ConnectionLoop] = []
    /// The loop that connections return to. Set before the loop starts; `nil` on the control loop.
    weak var control: ConnectionLoop?
    /// The number of connections here, and of those that are moving here.
    let load = Atomic<Int>(0)
    /// Called every tick, on the loop's thread. Set before the loop starts.
    var onTick: () -> Void = {}
    private var connections: [ObjectIdentifier: Connection] = [:]
    /// Receives heads, WebSocket frames and discarded bytes, all of which are copied or processed at once.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var bodyBuffer: MutableBuffer?
    private var date = (second: 0, text: "")
    /// Until when no idle connection is searched for, since the last search found none: in the loop's milliseconds.
    private var noIdleConnectionUntil: UInt64 = 0
    private static let idleSearchPause: UInt64 = 100
    private var ticks = 0
    /// Buffers that were not needed for a second are freed.
    private static let ticksPerTrim = 4

    init(role: Role, name: String, core: ServerCore) {
        self.role = role
        self.core = core
        events = EventLoop(name: name)
    }

    deinit { scratch.deallocate() }

    func start() {
        // The thread keeps this alive until it ends.
        events.start { self.tick() }
    }

    /// Registers a connection.
    func add(_ connection: Connection) { connections[ObjectIdentifier(connection)] = connection }

    /// Removes a connection that has closed or moved to another loop.
    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        load.subtract(1, ordering: .relaxed)
    }

    /// Closes idle connections in favour of a new one from `peer`: those of the peer that has the most of them, unless that is
    /// `peer` itself and they were used a moment ago. Returns whether any was closed.
    func closeIdleConnections(for peer: String) -> Bool {
        guard events.now >= noIdleConnectionUntil else { return false }
        var counts: [String: Int] = [:]
        for connection in connections.values { counts[ClientNetwork.of(connection.peer), default: 0] += 1 }
        let newPeer = ClientNetwork.of(peer)
        let idle = Dictionary(grouping: connections.values.filter(\.isEvictable)) { ClientNetwork.of($0.peer) }
        guard
            let (largestPeer, idleConnections) = idle.max(by: {
                counts[$0.key, default: 0] < counts[$1.key, default: 0]
            })
        else {
            noIdleConnectionUntil = events.now + Self.idleSearchPause
            return false
        }
        let isOwn = counts[largestPeer, default: 0] <= counts[newPeer, default: 0] + 1
        // Several at once: searching takes time when there are many.
        let batch = max(1, core.configuration.maximumConnections / 64)
        let (now, grace) = (events.now, core.configuration.idleGrace.milliseconds)
        // Not those whose next request has arrived and was only not read yet.
        let connectionsToClose = idleConnections.filter { !isOwn || now - min(now, $0.phaseStart) >= grace }
            .sorted { $0.phaseStart < $1.phaseStart }.lazy.filter { $0.phase == .lingering || !$0.hasUnreadBytes }
            .prefix(batch)
        connectionsToClose.forEach { $0.close(because: .clientGone) }
        return !connectionsToClose.isEmpty
    }

    /// The connections with a response that waits in memory, and in which order they are closed when too much does.
    var waitingReaders: [(connection: Connection, precedence: (Int, Int, Int))] {
        connections.values.compactMap { connection in
            connection.waitingResponse.map { (connection, $0.precedence(at: events.now)) }
        }
    }

    /// Shuts down every connection gracefully; with `now` closes them all.
    func shutDown(now: Bool) {
        for connection in Array(connections.values) {
            if now { connection.close(because: .serverShutdown) } else { connection.shutDown() }
        }
    }

    /// The value of the `Date` field, formatted once a second.
    var dateText: String {
        let second = time(nil)
        if second != date.second { date = (second, HTTPDate.format(second)) }
        return date.text
    }

    /// The loop's receive buffer: taken out while it is written to, returned if its bytes were not delivered.
    func acquireBodyBuffer() -> MutableBuffer { bodyBuffer.take() ?? core.buffers.acquire() }

    func requeue(_ buffer: consuming MutableBuffer) { bodyBuffer = consume buffer }

    /// The upload loop with the fewest connections.
    var leastLoadedUpload: ConnectionLoop? {
        uploads.min { $0.load.load(ordering: .relaxed) < $1.load.load(ordering: .relaxed) }
    }

    private func tick() {
        let now = events.now
        for connection in Array(connections.values) { connection.tick(now) }
        // An idle server holds no receive buffer.
        if connections.isEmpty { bodyBuffer = nil }
        ticks += 1
        if role == .control, ticks.isMultiple(of: Self.ticksPerTrim) { core.buffers.trim() }
        onTick()
    }
}
