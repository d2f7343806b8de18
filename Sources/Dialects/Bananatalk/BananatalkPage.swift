public import JSON

/// A page of a list.
public struct BananatalkPage: Sendable {
    /// The rendered messages or conversations of the page.
    public var items: [JSONValue]
    /// The page number, starting at 1.
    public var page: Int
    /// The maximum number of items per page.
    public var limit: Int
    /// The number of items on all pages.
    public var total: Int

    /// `{success: true, data: [...], pagination: {page, limit, total, pages, hasMore}}`
    public var envelope: JSONValue {
        let pages = (total + limit - 1) / limit
        return [
            "success": true, "data": .array(items),
            "pagination": [
                "page": .integer(page), "limit": .integer(limit), "total": .integer(total), "pages": .integer(pages),
                "hasMore": .bool(page < pages),
            ],
        ]
    }
}
