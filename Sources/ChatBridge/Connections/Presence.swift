public import Foundation
import Logging
import Synchronization

/// The presence of users: whether they are connected, on whichever node, the status that they have set, and when they were
/// last seen.
public final class Presence: Sendable {
    /// The presence of a user.
    public struct Status: Sendable, Hashable {
        /// The number of their connections.
        public var connections: Int
        /// The status that they have set, while they are connected.
        public var selected: String?
        /// When they were last seen: now, while they are connected; `nil` where it is not known.
        public var lastSeen: Date?
        /// Whether they are connected.
        public var isOnline: Bool { connections > 0 }
    }

    private struct Users {
        /// The users who have connections to this process, as far as ``Presence/connected(_:)`` and
        /// ``Presence/disconnected(_:)`` were called.
        var present: Set<String> = []
        var selected: [String: String] = [:]
        var lastSeen: [String: Date] = [:]
    }

    /// Where it is stored when users were last seen, so that it survives a restart.
    struct History: Sendable {
        let store: any LastSeenStore
        let dialect: Dialect
        /// Where failures of the store are reported.
        let logger: Logger
    }

    private let connections: any ConnectionRegistry
    private let now: @Sendable () -> Date
    private let history: History?
    private let users = Mutex(Users())
    private let announcing = Mutex(())
    /// For how many users it is remembered when they were last seen.
    private let capacity = 100_000

    /// The presence of the users among `connections`, which is not stored.
    public convenience init(connections: any ConnectionRegistry, now: @escaping @Sendable () -> Date) {
        self.init(connections: connections, storedIn: nil, now: now)
    }

    /// - Parameter history: where it is stored when users were last seen.
    init(connections: any ConnectionRegistry, storedIn history: History?, now: @escaping @Sendable () -> Date) {
        self.connections = connections
        self.history = history
        self.now = now
    }

    /// Sets the status of `user`, until their last connection ends.
    public func setStatus(_ status: String, for user: String) { select(status, for: user) }

    /// The status that `user` has set since they connected.
    public func selectedStatus(of user: String) -> String? {
        if let fanOut = connections.fanOut { return fanOut.status(of: user) }
        return users.withLock { $0.selected[user] }
    }

    private func select(_ status: String?, for user: String) {
        if let fanOut = connections.fanOut { return fanOut.setStatus(status, of: user) }
        users.withLock { $0.selected[user] = status }
    }

    /// Records that a connection of `user` was added to this process. Returns whether they were offline before: of connections
    /// that open at the same time, one is the first.
    @discardableResult
    public func connected(_ user: String) -> Bool {
        users.withLock { users in
            // Where it has ended already, ``disconnected(_:)`` may have been called before.
            guard connections.ownConnectionCount(of: user) > 0, users.present.insert(user).inserted else {
                return false
            }
            return connections.otherConnectionCount(of: user) == 0
        }
    }

    /// Records that a connection of `user` to this process has ended. Returns whether they are offline now: of connections that end
    /// at the same time, one is the last.
    @discardableResult
    public func disconnected(_ user: String) -> Bool {
        recordAbsence(of: user)
        return users.withLock { users in
            // By the connections that there are now: another one may have ended since the call.
            guard connections.ownConnectionCount(of: user) == 0, users.present.remove(user) != nil else { return false }
            return connections.otherConnectionCount(of: user) == 0
        }
    }

    /// Records that connections of `user` to another process have ended with that. Returns whether they are offline now.
    @discardableResult
    public func lost(_ user: String) -> Bool { recordAbsence(of: user) }

    /// Returns whether the user is offline.
    @discardableResult
    private func recordAbsence(of user: String) -> Bool {
        let isOffline = connections.connectionCount(of: user) == 0
        if isOffline { select(nil, for: user) }
        users.withLock { users in
            if users.lastSeen.count >= capacity { users.lastSeen = [:] }
            users.lastSeen[user] = now()
        }
        return isOffline
    }

    /// Sends an event about the presence of a user, unless that has changed since it was decided: the change is announced by itself.
    /// What is read for an event takes time, so that an event of a page that was closed could be sent after the one of the next page.
    /// - Parameters:
    ///   - isOnline: what the event says, or `nil` for one that is sent in any case.
    ///   - send: queues the event; must not wait. Called at most once, before this returns, and for one event at a time.
    public func announce(_ user: String, whileOnline isOnline: Bool?, _ send: () -> Void) {
        announcing.withLock { _ in
            if let isOnline, (connections.connectionCount(of: user) > 0) != isOnline { return }
            send()
        }
    }

    /// Stores when `user` was last seen: now, or when their last connection ended. To be called when they connect, too, because
    /// a process that is killed does not see its connections end. If the store does not answer, only this time is lost.
    public func storeLastSeen(of user: String) async {
        guard let history, let date = status(of: user).lastSeen else { return }
        do {
            try await history.store.recordLastSeen(user, in: history.dialect, at: date)
        } catch  where error.isReadOnlyStore {
            history.logger.debug("the time when a user was last seen is not stored: the store is read-only")
        } catch {
            history.logger.warning("the time when a user was last seen is not stored", ["error": "\(error)"])
        }
    }

    /// The presence of each of `users`; when they were last seen is read from the store where this process does not know it, or
    /// another one may have seen them later.
    public func statuses(of users: Set<String>) async -> [String: Status] {
        var statuses = Dictionary(uniqueKeysWithValues: users.map { ($0, status(of: $0)) })
        let hasOthers = connections.fanOut != nil
        let unknown = statuses.filter { !$0.value.isOnline && (hasOthers || $0.value.lastSeen == nil) }
        guard let history, !unknown.isEmpty else { return statuses }
        do {
            for (user, date) in try await history.store.lastSeen(of: Set(unknown.keys), in: history.dialect) {
                let known = statuses[user]?.lastSeen ?? date
                statuses[user]?.lastSeen = max(known, date)
            }
        } catch {
            history.logger.warning("the times when users were last seen cannot be read", ["error": "\(error)"])
        }
        return statuses
    }

    /// The presence of `user`, as far as this process knows it.
    public func status(of user: String) -> Status {
        let count = connections.connectionCount(of: user)
        let lastSeen = users.withLock { $0.lastSeen[user] }
        return Status(
            connections: count, selected: count > 0 ? selectedStatus(of: user) : nil,
            lastSeen: count > 0 ? now() : lastSeen)
    }
}
