import Bytes
import Concurrency
import Glibc
import Synchronization

/// The thread that all streams to clamd share. It never waits for one of them.
final class ClamdLoop: Sendable {
    private struct State {
        var added: [ClamdConnection] = []
        var isClosed = false
    }

    private let event: EventFD
    private let state: Mutex<State>

    /// Starts the thread.
    /// - Throws: ``ScanFailure`` where the process has no descriptor left.
    init() throws(ScanFailure) {
        do throws(SystemError) { event = try EventFD() } catch { throw ScanFailure(description: "\(error)") }
        state = Mutex(State())
    }

    /// Starts the thread, which ends with ``close()``.
    func start() { startThread(name: "clamd") { self.run() } }

    /// Connects a stream.
    func add(_ stream: ClamdStream) {
        state.withLock { $0.added.append(ClamdConnection(stream)) }
        wake()
    }

    /// Has the thread look at all streams.
    func wake() { event.signal() }

    /// Ends the thread; streams that have no result get none.
    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    private func run() {
        var connections: [ClamdConnection] = []
        while true {
            let (added, isClosed) = state.withLock { state in
                defer { state.added = [] }
                return (state.added, state.isClosed)
            }
            connections += added
            if isClosed { return connections.forEach { $0.stream.cancel() } }
            let events = wait(for: connections)
            let now = ContinuousClock.now
            var kept: [ClamdConnection] = []
            for (index, var connection) in connections.enumerated()
            where connection.advance(events[index], at: now) {
                kept.append(connection)
            }
            connections = kept
        }
    }

    /// Waits until something has happened, or has to. Returns the events of each connection.
    private func wait(for connections: [ClamdConnection]) -> [Int16] {
        var descriptors = [pollfd(fd: event.descriptor, events: Int16(POLLIN), revents: 0)]
        descriptors += connections.map { $0.interest ?? pollfd(fd: -1, events: 0, revents: 0) }
        let deadline = connections.compactMap(\.deadline).min()
        // At least a millisecond: a deadline that is rounded down would be waited for in a loop.
        let timeout = deadline.map { max(1, ContinuousClock.now.duration(to: $0).wholeMilliseconds + 1) } ?? -1
        poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: timeout))
        event.clear()
        return descriptors.dropFirst().map(\.revents)
    }
}
