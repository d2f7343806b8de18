public import Foundation
import Synchronization

/// Who is there, on this node: what users say of themselves, and when they were last seen.
public final class Presence: Sendable {
    /// How it stands with a user.
    public struct Standing: Sendable, Hashable {
        /// Connections on this node.
        public var connections: Int
        /// What they say of themselves, while they are there.
        public var chosen: String?
        /// Now, for somebody who is there; `nil` where it is not known.
        public var lastSeen: Date?
        /// Whether they are there.
        public var isOnline: Bool { connections > 0 }
    }

    private struct People {
        var chosen: [String: String] = [:]
        var lastSeen: [String: Date] = [:]
    }

    private let connections: any ConnectionRegistry
    private let now: @Sendable () -> Date
    private let history: (store: any LastSeenStore, dialect: Dialect)?
    private let people = Mutex(People())
    /// Of how many users the last moment is kept.
    private let capacity = 100_000

    /// The presence of those among `connections`.
    public convenience init(connections: any ConnectionRegistry, now: @escaping @Sendable () -> Date) {
        self.init(connections: connections, storedIn: nil, now: now)
    }

    /// - Parameter history: where it is stored when users were last seen, so that it survives a restart, and in which dialect.
    init(
        connections: any ConnectionRegistry, storedIn history: (store: any LastSeenStore, dialect: Dialect)?,
        now: @escaping @Sendable () -> Date
    ) {
        self.connections = connections
        self.history = history
        self.now = now
    }

    /// `user` says this of themselves.
    public func choose(_ status: String, for user: String) { people.withLock { $0.chosen[user] = status } }

    /// What `user` has said of themselves since they came.
    public func choice(of user: String) -> String? { people.withLock { $0.chosen[user] } }

    /// A connection of `user` has gone. Whether that was their last.
    @discardableResult
    public func left(_ user: String) -> Bool {
        let isGone = connections.connectionCount(of: user) == 0
        people.withLock { people in
            if isGone { people.chosen[user] = nil }
            if people.lastSeen.count >= capacity { people.lastSeen = [:] }
            people.lastSeen[user] = now()
        }
        return isGone
    }

    /// Keeps that `user` was seen: now, or when their last connection went. To be called when they come, too: of a
    /// process that is killed nobody is seen to go. A store that does not answer loses the moment and nothing else.
    public func keepLastSeen(of user: String) async {
        guard let history, let date = standing(of: user).lastSeen else { return }
        try? await history.store.noteSeen(user, in: history.dialect, at: date)
    }

    /// How it stands with each of `users`, with when they were last seen before this node started.
    public func standings(of users: Set<String>) async -> [String: Standing] {
        var standings = Dictionary(uniqueKeysWithValues: users.map { ($0, standing(of: $0)) })
        let unknown = users.filter { standings[$0]?.lastSeen == nil }
        guard let history, !unknown.isEmpty,
            let kept = try? await history.store.lastSeen(of: unknown, in: history.dialect)
        else { return standings }
        for (user, date) in kept { standings[user]?.lastSeen = date }
        return standings
    }

    /// How it stands with `user`, as far as this process knows.
    public func standing(of user: String) -> Standing {
        let count = connections.connectionCount(of: user)
        let (chosen, lastSeen) = people.withLock { ($0.chosen[user], $0.lastSeen[user]) }
        return Standing(
            connections: count, chosen: count > 0 ? chosen : nil, lastSeen: count > 0 ? now() : lastSeen)
    }
}
