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
        /// Now, for somebody who is there; `nil` for somebody who was not since this node started.
        public var lastSeen: Date?
        /// Whether they are there.
        public var isOnline: Bool { connections > 0 }
    }

    private struct People {
        var chosen: [String: String] = [:]
        var lastSeen: [String: Date] = [:]
    }

    private let connections: any ConnectedUsers
    private let now: @Sendable () -> Date
    private let people = Mutex(People())
    /// Of how many users the last moment is kept.
    private let capacity = 100_000

    /// The presence of those among `connections`.
    public init(connections: any ConnectedUsers, now: @escaping @Sendable () -> Date) {
        self.connections = connections
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

    /// How it stands with `user`.
    public func standing(of user: String) -> Standing {
        let count = connections.connectionCount(of: user)
        let (chosen, lastSeen) = people.withLock { ($0.chosen[user], $0.lastSeen[user]) }
        return Standing(
            connections: count, chosen: count > 0 ? chosen : nil, lastSeen: count > 0 ? now() : lastSeen)
    }
}
