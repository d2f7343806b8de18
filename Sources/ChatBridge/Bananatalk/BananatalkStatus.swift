import JSON

/// What users of the dialect say of themselves.
enum BananatalkStatus {
    /// The words.
    static let all: Set<String> = ["online", "away", "busy", "offline"]
}

extension BananatalkSockets {
    /// `{userId, status, lastSeen, deviceCount}`
    func status(of user: String) async -> JSONValue { await statuses(of: [user])[user] ?? .null }

    /// The same of each of `users`.
    func statuses(of users: Set<String>) async -> JSONObject {
        let standings = await presence.standings(of: users)
        return JSONObject(standings.map { ($0, json($0, $1)) })
    }

    private func json(_ user: String, _ standing: Presence.Standing) -> JSONValue {
        [
            "userId": .string(user), "status": .string(standing.isOnline ? standing.chosen ?? "online" : "offline"),
            "lastSeen": JSONValue(standing.lastSeen.map(Timestamp.milliseconds)),
            "deviceCount": .integer(deviceCount(of: user)),
        ]
    }
}
