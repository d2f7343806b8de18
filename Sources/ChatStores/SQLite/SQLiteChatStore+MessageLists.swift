public import ChatBridge

extension SQLiteChatStore {
    /// See ``MessageChangeStore``.
    public func messages(
        _ selection: MessageSelection, in dialect: Dialect, viewer: String, page: MessageListPage
    ) throws -> MessageList {
        try translate {
            let older = try page.before.map { try number(of: $0, in: dialect, viewer, isLower: false) } ?? Int.max
            let newer = try page.after.map { try number(of: $0, in: dialect, viewer, isLower: true) } ?? 0
            guard let selected = selection.condition else {
                return try self.page(
                    of: .all(dialect), viewer: viewer, after: newer, before: older, isForward: page.after != nil,
                    offset: page.offset, limit: page.limit)
            }
            var values: [SQLiteValue] = [
                .text(viewer), .text(dialect.rawValue), .integer(older), .integer(newer),
            ]
            if case .replies(let original) = selection { values.append(.text(original)) }
            let condition = "\(selected) AND \(Self.isVisible) AND m.number < ?3 AND m.number > ?4"
            let total = try connection.first("SELECT count(*) FROM messages AS m WHERE \(condition)", values) {
                $0.integer(0)
            }
            let (forward, count) = (page.after != nil, values.count)
            let order = "ORDER BY m.number \(forward ? "ASC" : "DESC") LIMIT ?\(count + 1) OFFSET ?\(count + 2)"
            let found = try messages(
                where: "\(condition) \(order)", values + [.integer(max(page.limit, 0)), .integer(page.offset)])
            return MessageList(messages: forward ? found : found.reversed(), total: total ?? 0)
        }
    }

    /// The number of a message in a conversation of `viewer`.
    private func number(of id: String, in dialect: Dialect, _ viewer: String, isLower: Bool) throws -> Int {
        let number = try connection.first(
            "SELECT m.number FROM messages AS m WHERE m.dialect = ?2 AND m.id = ?3 AND \(Self.isInConversation)",
            [.text(viewer), .text(dialect.rawValue), .text(id)]
        ) { $0.integer(0) }
        guard let number else { throw ChatError(.unknownBound(isLower: isLower)) }
        return number
    }

    /// A message `m` that `?1` sees.
    private static let isVisible = """
        \(isInConversation)
        AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?1)
        """

    private static let isInConversation =
        "EXISTS (SELECT 1 FROM members AS own WHERE own.conversation = m.conversation AND own.user = ?1)"
}

extension MessageSelection {
    /// The selection as a condition on `m`, a message; `?1` is the viewer, `?2` the dialect. `nil` for all messages.
    fileprivate var condition: String? {
        switch self {
        case .all: nil
        case .replies: "m.reply_to = ?5 AND m.dialect = ?2 AND m.deleted_at IS NULL"
        case .mentions: Self.names("mentions")
        case .bookmarks: Self.names("bookmarks")
        }
    }

    private static func names(_ kind: String) -> String {
        """
        m.number IN (SELECT message FROM message_users WHERE user = ?1 AND kind = '\(kind)')
        AND m.dialect = ?2 AND m.deleted_at IS NULL
        """
    }
}
