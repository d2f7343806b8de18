import ChatBridge
public import JSON

/// The dialect's frames and errors.
public enum IntokEnvelope {
    /// Encodes a frame of the socket: `{action, …}`.
    public static func frame(_ action: String, _ payload: JSONValue) -> String {
        var members = payload.objectValue ?? [:]
        members["action"] = .string(action)
        return JSONValue.object(members).encodedText()
    }

    /// `{message, code, details}`
    public static func failure(_ message: String, code: String, details: JSONObject = [:]) -> JSONValue {
        ["message": .string(message), "code": .string(code), "details": .object(details)]
    }
}
