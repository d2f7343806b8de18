public import JSON

/// The dialect's response envelopes: `{status, message, data}`, for media with `success`, and `{status, message,
/// error}`.
public enum ImageKitEnvelope {
    /// `{status, message, data, …}`
    /// - Parameters:
    ///   - data: the data; `nil` when the response has none.
    ///   - others: further members: `success`, `pagination`, `chatInfo`, `summary`.
    public static func success(
        _ message: String, _ data: JSONValue? = nil, status: Int = 200, _ others: JSONObject = [:]
    ) -> JSONValue {
        var members = others
        members["status"] = .integer(status)
        members["message"] = .string(message)
        members["data"] = data
        return .object(members)
    }

    /// `{status, message, error}`
    public static func failure(status: Int, _ message: String, error: String) -> JSONValue {
        ["status": .integer(status), "message": .string(message), "error": .string(error)]
    }
}
