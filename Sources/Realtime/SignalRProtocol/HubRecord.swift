import JSON

/// The messages that the server sends, each encoded as a record with its terminator.
enum HubRecord {
    /// The successful response to the handshake.
    static let handshake = record([:])

    /// The response that rejects a handshake.
    static func handshake(error: String) -> String { record(["error": .string(error)]) }

    /// A call of a client's method without a result.
    static func invocation(_ target: String, _ arguments: [JSONValue]) -> String {
        record(["type": 1, "target": .string(target), "arguments": .array(arguments)])
    }

    /// The result of a call.
    static func completion(_ id: String, result: JSONValue) -> String {
        record(["type": 3, "invocationId": .string(id), "result": result])
    }

    /// The error of a failed call.
    static func completion(_ id: String, error: String) -> String {
        record(["type": 3, "invocationId": .string(id), "error": .string(error)])
    }

    /// The heartbeat.
    static let ping = record(["type": 6])

    /// The end of the connection. `allowReconnect` is sent only if it is true.
    static func close(error: String?, allowReconnect: Bool) -> String {
        var members: JSONObject = ["type": 7]
        members["error"] = error.map(JSONValue.string)
        if allowReconnect { members["allowReconnect"] = true }
        return record(.object(members))
    }

    private static func record(_ value: JSONValue) -> String { value.encodedText() + "\u{1e}" }
}
