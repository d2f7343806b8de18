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

    /// Records that a connection of `user` has ended. Returns whether that was their last.
    @discardableResult
    public func disconnected(_ user: String) -> Bool {
        let isLast = connections.connectionCount(of: user) == 0
        if isLast { select(nil, for: user) }
        users.withLock { users in
            if users.lastSeen.count >= capacity { users.lastSeen = [:] }
            users.lastSeen[user] = now()
        }
        return isLast
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

    /// The presence of each of `users`; when they were last seen is read from the store where this process does not know it.
    public func statuses(of users: Set<String>) async -> [String: Status] {
        var statuses = Dictionary(uniqueKeysWithValues: users.map { ($0, status(of: $0)) })
        let unknown = users.filter { statuses[$0]?.lastSeen == nil }
        guard let history, !unknown.isEmpty else { return statuses }
        do {
            for (user, date) in try await history.store.lastSeen(of: unknown, in: history.dialect) {
                statuses[user]?.lastSeen = date
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
