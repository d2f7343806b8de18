public import ChatBridge
public import JSON

/// The response envelopes of the dialect: `{success, message?, data}` and `{success: false, error}`.
public enum SignalREnvelope {
    /// A success: `{success: true, message?, data}`.
    public static func success(_ data: JSONValue, _ message: String? = nil) -> JSONValue {
        var envelope: JSONObject = ["success": true, "data": data]
        envelope["message"] = message.map(JSONValue.string)
        return .object(envelope)
    }

    /// An error: `{success: false, error: {code, message, statusCode[, maxSize]}}`.
    /// - Parameter maximumBytes: the size limit that a file exceeded.
    public static func failure(
        _ code: String, _ message: String, status: Int, maximumBytes: Int? = nil
    ) -> JSONValue {
        var error: JSONObject = [
            "code": .string(code), "message": .string(message), "statusCode": .integer(status),
        ]
        error["maxSize"] = maximumBytes.map { .string("\($0 >> 20)MB") }
        return ["success": false, "error": .object(error)]
    }

    /// The dialect's code for a chat error; `nil` where the HTTP status is sufficient.
    /// - Parameter reason: why the store rejects it, where it does.
    public static func code(_ code: ChatError.Code?, reason: StoreError? = nil) -> String? {
        switch code {
        case .conversationNotFound: "CONVERSATION_NOT_FOUND"
        case .messageNotFound: "MESSAGE_NOT_FOUND"
        case .mediaNotFound: "FILE_NOT_FOUND"
        case .editingTimeExpired: "EDIT_TIME_EXPIRED"
        case .textTooLong: "MESSAGE_TOO_LONG"
        case .notAllowed where reason == .notMember: "NOT_PARTICIPANT"
        default: nil
        }
    }
}
