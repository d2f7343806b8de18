import ChatBridge
import JSON

extension SelfDestruct {
    /// `{enabled, expiresAt?, destructAfterRead, destructTimer, destructAt?}`
    var json: JSONValue {
        var json: JSONObject = [
            "enabled": true, "destructAfterRead": .bool(timer != nil), "destructTimer": .integer(timer ?? 0),
        ]
        json["expiresAt"] = expiresAt.map { .string(Timestamp.milliseconds($0)) }
        json["destructAt"] = destructAt.map { .string(Timestamp.milliseconds($0)) }
        return .object(json)
    }
}
