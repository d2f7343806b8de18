import ChatBridge
import Foundation
import HTTPServer
import JSON
import Synchronization

/// What this node does, for people who watch it: requests that it has answered, and events that it has sent. The last ones are kept
/// in memory; nothing of what users have written is in them.
final class ActivityFeed: Sendable {
    /// Something that the node has done.
    struct Entry: Sendable {
        enum Content: Sendable {
            case request(
                method: HTTPMethod, route: String, status: HTTPStatus, code: String?, milliseconds: Int, id: String)
            case event(dialect: Dialect, name: String, recipient: String, message: String?)
        }

        /// Counts the entries of this process from 1.
        let number: Int
        let date: Date
        let content: Content
    }

    /// How many entries are kept, for those who begin to watch.
    private static let kept = 200
    /// How many entries wait for one who reads slowly; older ones are left out.
    private static let waiting = 256
    /// How many may watch at once.
    static let maximumWatchers = 16

    private struct State {
        var entries: [Entry] = []
        var number = 0
        var watchers: [Int: AsyncStream<Entry>.Continuation] = [:]
        var nextWatcher = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Date

    /// A feed without entries.
    init(now: @escaping @Sendable () -> Date) { self.now = now }

    /// Adds what has just been done.
    func add(_ content: Entry.Content) {
        let date = now()
        state.withLock { state in
            state.number += 1
            let entry = Entry(number: state.number, date: date, content: content)
            // Half of them at once, so that few are moved.
            if state.entries.count >= Self.kept * 2 { state.entries.removeFirst(Self.kept) }
            state.entries.append(entry)
            for watcher in state.watchers.values { watcher.yield(entry) }
        }
    }

    /// Ends what all watchers read, and takes no more: the process ends.
    func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            return state.watchers
        }
        for watcher in watchers.values { watcher.finish() }
    }

    /// The last entries, and those that follow, until the reading task is cancelled; `nil` when too many watch already, or it is closed.
    func watch() -> AsyncStream<Entry>? {
        state.withLock { state in
            guard state.watchers.count < Self.maximumWatchers, !state.isClosed else { return nil }
            let (stream, continuation) = AsyncStream.makeStream(
                of: Entry.self, bufferingPolicy: .bufferingNewest(Self.waiting))
            state.nextWatcher += 1
            let watcher = state.nextWatcher
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.watchers.removeValue(forKey: watcher) }
            }
            for entry in state.entries.suffix(Self.kept) { continuation.yield(entry) }
            state.watchers[watcher] = continuation
            return stream
        }
    }
}

extension ActivityFeed.Entry {
    /// The entry as clients get it.
    var json: JSONValue {
        var members: JSONObject = ["number": .integer(number), "at": .string(Timestamp.milliseconds(date))]
        switch content {
        case .request(let method, let route, let status, let code, let milliseconds, let id):
            members["type"] = "request"
            members["method"] = .string(method.rawValue)
            members["route"] = .string(route)
            members["status"] = .integer(status.rawValue)
            members["code"] = JSONValue(code)
            members["milliseconds"] = .integer(milliseconds)
            members["requestId"] = .string(id)
        case .event(let dialect, let name, let recipient, let message):
            members["type"] = "event"
            members["dialect"] = .string(dialect.rawValue)
            members["event"] = .string(name)
            members["recipient"] = .string(recipient)
            members["message"] = JSONValue(message)
        }
        return .object(members)
    }
}
