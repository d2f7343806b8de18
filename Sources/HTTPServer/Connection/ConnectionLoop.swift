import Bytes
import Foundation
import Synchronization

/// A loop and the connections that are on it now.
// Sendable: everything that changes is touched on the loop's own thread alone, but for `load`, which is atomic.
final class ConnectionLoop: @unchecked Sendable {
    enum Role {
        /// Accepts; small requests and sockets live here.
        case control
        /// Receives long bodies.
        case upload
    }

    let role: Role
    let events: EventLoop
    let core: ServerCore
    /// Where connections with long bodies go. Set before the loop starts; empty on upload loops.
    var uploads: [ConnectionLoop] = []
    /// Where connections return to. Set before the loop starts; `nil` on the control loop.
    weak var control: ConnectionLoop?
    /// Connections here and on their way here.
    let load = Atomic<Int>(0)
    /// Called every tick, on the loop's thread. Set before the loop starts.
    var onTick: () -> Void = {}
    private var connections: [ObjectIdentifier: Connection] = [:]
    /// Heads, WebSocket frames and what is read to be ignored: nothing that is kept as it is.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var bodyBuffer: MutableBuffer?
    private var date = (second: 0, text: "")
    /// Until when no connection is looked for that could give way, since none could: in the loop's milliseconds.
    private var roomSearchedUntil: UInt64 = 0
    private static let roomSearchPause: UInt64 = 100
    private var ticks = 0
    /// Buffers that nobody has needed for a second are freed.
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

    /// The connection is here from now on.
    func add(_ connection: Connection) { connections[ObjectIdentifier(connection)] = connection }

    /// The connection is gone, or on another loop.
    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        load.subtract(1, ordering: .relaxed)
    }

    /// Closes connections on which nothing happens in favour of a new one from `peer`: of the peer that has the most of
    /// them, unless that is `peer` itself and they were used a moment ago. Returns whether there is room now.
    func makeRoom(for peer: String) -> Bool {
        guard events.now >= roomSearchedUntil else { return false }
        var counts: [String: Int] = [:]
        for connection in connections.values { counts[ClientNetwork.of(connection.peer), default: 0] += 1 }
        let newcomer = ClientNetwork.of(peer)
        let idle = Dictionary(grouping: connections.values.filter(\.isSpare)) { ClientNetwork.of($0.peer) }
        guard let (heaviest, spare) = idle.max(by: { counts[$0.key, default: 0] < counts[$1.key, default: 0] })
        else {
            roomSearchedUntil = events.now + Self.roomSearchPause
            return false
        }
        let isOwn = counts[heaviest, default: 0] <= counts[newcomer, default: 0] + 1
        // A share of them at once: to look for them takes its time when there are many.
        let share = max(1, core.configuration.maximumConnections / 64)
        let (now, grace) = (events.now, core.configuration.idleGrace.milliseconds)
        // Not those whose request is here and was only not read yet.
        let victims = spare.filter { !isOwn || now - min(now, $0.phaseStart) >= grace }
            .sorted { $0.phaseStart < $1.phaseStart }.lazy.filter { $0.phase == .lingering || !$0.hasUnreadBytes }
            .prefix(share)
        victims.forEach { $0.close(because: .clientGone) }
        return !victims.isEmpty
    }

    /// Tells every connection that the server shuts down; `now` closes them all.
    func shutDown(now: Bool) {
        for connection in Array(connections.values) {
            if now { connection.close(because: .serverShutdown) } else { connection.shutDown() }
        }
    }

    /// The value of the `Date` field.
    var dateText: String {
        let second = time(nil)
        if second != date.second { date = (second, HTTPDate.format(second)) }
        return date.text
    }

    /// The loop's receive buffer: taken out while it is written to, put back if its bytes were not handed on.
    func takeBodyBuffer() -> MutableBuffer { bodyBuffer.take() ?? core.buffers.take() }

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
