import ChatBridge
public import JSON

/// The dialect's frames and errors.
public enum IntokEnvelope {
    /// A frame of the socket: `{action, …}`.
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

/// What a client is told of something that failed.
public struct IntokFailure: Sendable {
    /// In the dialect's envelope.
    public var envelope: JSONValue
    /// Whether the fault is on this side: something for the log.
    public var isOurs: Bool

    /// A failure.
    public init(envelope: JSONValue, isOurs: Bool) {
        self.envelope = envelope
        self.isOurs = isOurs
    }
}
