public import ChatBridge
import JSON

extension SQLiteChatStore {
    /// See ``ChatDirectory``.
    public func conversations(
        of user: String, in dialect: Dialect, filter: ConversationFilter, page: Int, limit: Int
    ) throws -> ([ConversationSummary], total: Int) {
        try translate {
            var values: [SQLiteValue] = [.text(user), .text(dialect.rawValue)]
            let wanted = """
                FROM conversations AS c JOIN members AS own ON own.conversation = c.number AND own.user = ?1
                WHERE c.dialect = ?2 AND own.is_hidden = 0 AND \(filter.condition(&values))
                """
            let total = try connection.first("SELECT count(*) \(wanted)", values) { $0.integer(0) } ?? 0
            let limit = max(limit, 0)
            let (skipped, overflow) = (max(page, 1) - 1).multipliedReportingOverflow(by: limit)
            let ids = try connection.rows(
                "SELECT c.id \(wanted) ORDER BY \(filter.order.column) DESC, c.number DESC LIMIT ? OFFSET ?",
                values + [.integer(limit), .integer(overflow ? Int.max : skipped)]
            ) { $0.text(0) }
            return (try ids.compactMap { try summary($0, in: dialect, for: user) }, total)
        }
    }

    /// See ``ChatDirectory``.
    public func summary(of conversation: String, in dialect: Dialect, for user: String) throws -> ConversationSummary? {
        try translate { try summary(conversation, in: dialect, for: user) }
    }

    private func summary(_ id: String, in dialect: Dialect, for user: String) throws -> ConversationSummary? {
        guard let row = try row(id, in: dialect), let membership = try membership(of: user, in: row) else { return nil }
        let counts = try unreadCounts(in: row.number)
        return ConversationSummary(
            conversation: row.conversation, lastMessage: try lastMessage(of: row.number, viewer: user),
            unreadCount: counts[user] ?? 0, unreadCounts: counts,
            membership: membership)
    }
}

extension ConversationFilter {
    /// The filter as a condition in SQL on `c`, a conversation, and `own`, its member. Its values are appended to `values`.
    fileprivate func condition(_ values: inout [SQLiteValue]) -> String {
        var terms = includesArchived ? [] : ["coalesce(json_extract(own.details, '$.archived'), 0) = 0"]
        let lists = alternatives.map { conditions in
            "(" + conditions.map { $0.term(&values) }.joined(separator: " AND ") + ")"
        }
        if !lists.isEmpty { terms.append("(" + lists.joined(separator: " OR ") + ")") }
        return terms.isEmpty ? "true" : terms.joined(separator: " AND ")
    }
}

extension ConversationFilter.Condition {
    fileprivate func term(_ values: inout [SQLiteValue]) -> String {
        values.append(.text("$.\"\(setting)\""))
        values.append(.text(JSONValue.array(texts.sorted().map(JSONValue.string)).encodedText()))
        let (path, list) = (values.count - 1, values.count)
        let found = "coalesce(json_extract(c.settings, ?\(path)), '')"
        return "\(found) \(isOneOf ? "IN" : "NOT IN") (SELECT value FROM json_each(?\(list)))"
    }
}

extension ConversationFilter.Order {
    fileprivate var column: String {
        switch self {
        // The order in which things happened: timestamps may come from a clock that was set since.
        case .lastChange: "c.activity"
        case .lastMessage: "c.last_said"
        }
    }
}
