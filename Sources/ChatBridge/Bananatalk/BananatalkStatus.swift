/// What users of the dialect say of themselves.
enum BananatalkStatus {
    /// The words.
    static let all: Set<String> = ["online", "away", "busy", "offline"]
}

extension BananatalkSockets {
    /// `{userId, status, lastSeen, deviceCount}`
    func status(of user: String) -> JSONValue {
        let standing = presence.standing(of: user)
        return [
            "userId": .string(user), "status": .string(standing.isOnline ? standing.chosen ?? "online" : "offline"),
            "lastSeen": JSONValue(standing.lastSeen.map(Timestamp.milliseconds)),
            "deviceCount": .integer(deviceCount(of: user)),
        ]
    }
}
