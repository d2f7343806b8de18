import JSON

/// The messages that the server sends, each as a frame of the client's protocol.
enum HubRecord {
    /// The successful response to the handshake.
    static func handshake(_ format: HubFormat) -> SocketFrame { format.frame("{}\u{1e}") }

    /// The response that rejects a handshake: the protocol may not be known, and it is text.
    static func handshake(error: String) -> SocketFrame {
        HubFormat.json.frame(json: ["error": .string(error)], binary: [])
    }

    /// A call of a client's method without a result.
    static func invocation(_ target: String, _ arguments: [JSONValue], _ format: HubFormat) -> SocketFrame {
        format.frame(
            json: ["type": 1, "target": .string(target), "arguments": .array(arguments)],
            binary: [1, [:], .null, .string(target), .array(arguments), []])
    }

    /// The result of a call.
    static func completion(_ id: String, result: JSONValue, _ format: HubFormat) -> SocketFrame {
        format.frame(
            json: ["type": 3, "invocationId": .string(id), "result": result],
            binary: [3, [:], .string(id), 3, result])
    }

    /// The error of a failed call.
    static func completion(_ id: String, error: String, _ format: HubFormat) -> SocketFrame {
        format.frame(
            json: ["type": 3, "invocationId": .string(id), "error": .string(error)],
            binary: [3, [:], .string(id), 1, .string(error)])
    }

    /// The heartbeat.
    static func ping(_ format: HubFormat) -> SocketFrame { format.frame(json: ["type": 6], binary: [6]) }

    /// The end of the connection. `allowReconnect` is sent only if it is true.
    static func close(error: String?, allowReconnect: Bool, _ format: HubFormat) -> SocketFrame {
        var members: JSONObject = ["type": 7]
        members["error"] = error.map(JSONValue.string)
        if allowReconnect { members["allowReconnect"] = true }
        var elements: [JSONValue] = [7, error.map(JSONValue.string) ?? .null]
        if allowReconnect { elements.append(true) }
        return format.frame(json: .object(members), binary: elements)
    }
}
