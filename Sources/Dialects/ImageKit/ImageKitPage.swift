public import JSON

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
