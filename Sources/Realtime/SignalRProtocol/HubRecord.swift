import JSON

/// What the server sends: a record each, with its end.
enum HubRecord {
    /// The handshake's answer.
    static let handshake = record([:])

    /// The refusal of a handshake.
    static func handshake(error: String) -> String { record(["error": .string(error)]) }

    /// A call of a client's method, which it does not answer.
    static func invocation(_ target: String, _ arguments: [JSONValue]) -> String {
        record(["type": 1, "target": .string(target), "arguments": .array(arguments)])
    }

    /// The answer to a call.
    static func completion(_ id: String, result: JSONValue) -> String {
        record(["type": 3, "invocationId": .string(id), "result": result])
    }

    /// The answer to a call that failed.
    static func completion(_ id: String, error: String) -> String {
        record(["type": 3, "invocationId": .string(id), "error": .string(error)])
    }

    /// A sign of life.
    static let ping = record(["type": 6])

    /// The end of the connection. Whether the client may come back of itself is said only where it may.
    static func close(error: String?, allowReconnect: Bool) -> String {
        var members: JSONObject = ["type": 7]
        members["error"] = error.map(JSONValue.string)
        if allowReconnect { members["allowReconnect"] = true }
        return record(.object(members))
    }

    private static func record(_ value: JSONValue) -> String { value.encodedText() + "\u{1e}" }
}
