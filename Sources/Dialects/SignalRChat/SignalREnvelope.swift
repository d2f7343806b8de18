public import ChatBridge
public import JSON

/// The dialect's answers: `{success, message?, data}` and `{success: false, error}`.
public enum SignalREnvelope {
    /// `{success: true, message?, data}`
    public static func success(_ data: JSONValue, _ message: String? = nil) -> JSONValue {
        var envelope: JSONObject = ["success": true, "data": data]
        envelope["message"] = message.map(JSONValue.string)
        return .object(envelope)
    }

    /// `{success: false, error: {code, message, statusCode[, maxSize]}}`
    /// - Parameter maximumBytes: the size that a file exceeded.
    public static func failure(
        _ code: String, _ message: String, status: Int, maximumBytes: Int? = nil
    ) -> JSONValue {
        var error: JSONObject = [
            "code": .string(code), "message": .string(message), "statusCode": .integer(status),
        ]
        error["maxSize"] = maximumBytes.map { .string("\($0 >> 20)MB") }
        return ["success": false, "error": .object(error)]
    }

    /// The word for what chat refused; `nil` where the status says as much.
    public static func code(_ code: ChatError.Code?, _ message: String) -> String? {
        switch code {
        case .conversationNotFound: "CONVERSATION_NOT_FOUND"
        case .messageNotFound: "MESSAGE_NOT_FOUND"
        case .mediaNotFound: "FILE_NOT_FOUND"
        case .editingTimeExpired: "EDIT_TIME_EXPIRED"
        case .textTooLong: "MESSAGE_TOO_LONG"
        // Chat has one code for all that somebody may not do; the sentence is this dialect's own.
        case .notAllowed where message == SignalRLimits.notParticipant: "NOT_PARTICIPANT"
        default: nil
        }
    }
}
