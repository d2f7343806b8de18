import ChatBridge
public import JSON

/// The dialect's answers: `{status, message, data}`, about media with `success`, and `{status, message, error}`.
public enum ImageKitEnvelope {
    /// `{status, message, data, …}`
    /// - Parameters:
    ///   - data: left out where there is nothing to show.
    ///   - others: what stands beside: `success`, `pagination`, `chatInfo`, `summary`.
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
    /// The items, rendered.
    public var items: [JSONValue]
    /// On all pages.
    public var total: Int
    /// From 1.
    public var page: Int
    /// How many at most.
    public var limit: Int

    /// `{total, page, limit}`
    public var pagination: JSONValue {
        ["total": .integer(total), "page": .integer(page), "limit": .integer(limit)]
    }
}
