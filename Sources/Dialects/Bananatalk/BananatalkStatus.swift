import ChatBridge
import JSON

/// The statuses that users of the dialect can select.
enum BananatalkStatus {
    /// The allowed values.
    static let all: Set<String> = ["online", "away", "busy", "offline"]
}

extension BananatalkSockets {
    /// `{userId, status, lastSeen, deviceCount}`
    func status(of user: String) async -> JSONValue { await statuses(of: [user])[user] ?? .null }

    /// The status object of each user, by user ID.
    func statuses(of users: Set<String>) async -> JSONObject {
        let statuses = await presence.statuses(of: users)
        return JSONObject(statuses.map { ($0, json($0, $1)) })
    }

    /// The status object of a user.
    func json(_ user: String, _ status: Presence.Status) -> JSONValue {
        [
            "userId": .string(user), "status": .string(status.isOnline ? status.selected ?? "online" : "offline"),
            "lastSeen": JSONValue(status.lastSeen.map(Timestamp.milliseconds)),
            "deviceCount": .integer(deviceCount(of: user)),
        ]
    }
}
