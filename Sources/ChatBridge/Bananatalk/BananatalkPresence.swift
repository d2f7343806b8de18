import Foundation
import Synchronization

/// Who is there, on this node: what users say of themselves, and when they were last seen.
final class BananatalkPresence: Sendable {
    /// What a user may say.
    static let statuses: Set<String> = ["online", "away", "busy", "offline"]

    private struct People {
        var chosen: [String: String] = [:]
        var lastSeen: [String: Date] = [:]
    }

    private let hub: SocketIOHub
    private let now: @Sendable () -> Date
    private let people = Mutex(People())
    /// Of how many users the last moment is kept.
    private let capacity = 100_000

    init(hub: SocketIOHub, now: @escaping @Sendable () -> Date) {
        self.hub = hub
        self.now = now
    }

    func choose(_ status: String, for user: String) { people.withLock { $0.chosen[user] = status } }

    /// `user` was there until now. Whether that was their last device.
    func left(_ user: String) -> Bool {
        let isGone = hub.sockets(in: BananatalkRoom.user(user)).isEmpty
        people.withLock { people in
            if isGone { people.chosen[user] = nil }
            if people.lastSeen.count >= capacity { people.lastSeen = [:] }
            people.lastSeen[user] = now()
        }
        return isGone
    }

    /// `{userId, status, lastSeen, deviceCount}`
    func status(of user: String) -> JSONValue {
        let devices = hub.sockets(in: BananatalkRoom.user(user)).count
        let (chosen, lastSeen) = people.withLock { ($0.chosen[user], $0.lastSeen[user]) }
        let seen = devices > 0 ? now() : lastSeen
        return [
            "userId": .string(user), "status": .string(devices > 0 ? chosen ?? "online" : "offline"),
            "lastSeen": JSONValue(seen.map(Timestamp.milliseconds)), "deviceCount": .integer(devices),
        ]
    }
}

/// The dialect's rooms.
enum BananatalkRoom {
    /// A user's devices.
    static func user(_ id: String) -> String { "user_\(id)" }
    /// Who wants to know a user's status.
    static func watchers(of id: String) -> String { "status_\(id)" }
}
