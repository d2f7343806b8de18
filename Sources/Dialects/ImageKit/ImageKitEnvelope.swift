import ChatBridge
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

/// A page of a list.
public struct ImageKitPage: Sendable {
    /// The rendered items of the page.
    public var items: [JSONValue]
    /// The number of items on all pages.
    public var total: Int
    /// The page number, starting at 1.
    public var page: Int
    /// The maximum number of items per page.
    public var limit: Int

    /// `{total, page, limit}`
    public var pagination: JSONValue {
        ["total": .integer(total), "page": .integer(page), "limit": .integer(limit)]
    }
}
