import ChatBridge

/// Of which conversations messages are counted and listed.
enum MessageScope {
    /// The number of a conversation.
    case conversation(Int)
    /// All of a dialect that the viewer is a member of.
    case all(Dialect)

    /// The list of the conversations, as an operand of `IN`; `?1` is the viewer, `?2` is ``value``.
    var list: String {
        switch self {
        case .conversation: "(?2)"
        case .all:
            """
            (SELECT mine.conversation FROM members AS mine JOIN conversations AS c ON c.number = mine.conversation
             WHERE mine.user = ?1 AND c.dialect = ?2)
            """
        }
    }

    var value: SQLiteValue {
        switch self {
        case .conversation(let number): .integer(number)
        case .all(let dialect): .text(dialect.rawValue)
        }
    }
}

/// Messages that a user sees, counted and found by their place in the order of messages: of at most a block of the smallest size the
/// index of messages is read, and otherwise counts of blocks, of at most as many of each size as one of the next size has. So the cost is
/// the same for all pages, and does not depend on the number of messages, but for a row for each block of the largest size.
extension SQLiteChatStore {
    private static let sizes = SQLiteMigrations.blockSizes

    /// A page of the messages that `viewer` sees, and how many there are between the bounds.
    /// - Parameters:
    ///   - newer: the number of a message: only those after it; 0 for all.
    ///   - older: the number of a message: only those before it; `Int.max` for all.
    ///   - isForward: whether the first page has the oldest messages.
    ///   - offset: how many messages are on the pages before.
    func page(
        of scope: MessageScope, viewer: String, after newer: Int, before older: Int, isForward: Bool, offset: Int,
        limit: Int
    ) throws -> MessageList {
        let first = newer > 0 ? try visibleCount(in: scope, viewer: viewer, below: newer + 1) : 0
        let total = max(try visibleCount(in: scope, viewer: viewer, below: older) - first, 0)
        let count = min(max(limit, 0), total - min(offset, total))
        guard count > 0 else { return MessageList(messages: [], total: total) }
        // Less than `total`, as the page is not empty.
        let lowest = first + (isForward ? offset : total - count - offset)
        guard let from = try number(at: lowest, in: scope, viewer: viewer),
            let to = try number(at: lowest + count - 1, in: scope, viewer: viewer)
        else { return MessageList(messages: [], total: total) }
        let found = try messages(
            where: "\(Self.isListed(in: scope)) ORDER BY +m.number",
            [.text(viewer), scope.value, .integer(from), .integer(to)])
        return MessageList(messages: found, total: total)
    }

    /// The condition for messages `m` of a scope from the number `?3` to `?4` that `?1` has not hidden.
    static func isListed(in scope: MessageScope) -> String {
        """
        m.conversation IN \(scope.list) AND m.number >= ?3 AND m.number <= ?4
        AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?1)
        """
    }

    /// How many messages that `viewer` sees have a number below `bound`.
    private func visibleCount(in scope: MessageScope, viewer: String, below bound: Int) throws -> Int {
        var (count, counted) = (0, 0)
        for size in Self.sizes {
            count +=
                try connection.first(
                    Self.countInBlocks(in: scope),
                    [.text(viewer), scope.value, .integer(size), .integer(counted / size), .integer(bound / size)]
                ) { $0.integer(0) } ?? 0
            counted = bound / size * size
        }
        let rest = try connection.first(
            "SELECT count(*) FROM messages AS m WHERE \(Self.isListed(in: scope))",
            [.text(viewer), scope.value, .integer(counted), .integer(bound - 1)]
        ) { $0.integer(0) }
        return count + (rest ?? 0)
    }

    /// How many messages that `?1` sees are in the blocks of the size `?3` from `?4` to the one before `?5`.
    static func countInBlocks(in scope: MessageScope) -> String {
        let blocks = "conversation IN \(scope.list) AND size = ?3 AND block >= ?4 AND block < ?5"
        return """
            SELECT coalesce((SELECT sum(count) FROM message_counts WHERE \(blocks)), 0)
                - coalesce((SELECT sum(count) FROM hidden_counts WHERE \(blocks) AND user = ?1), 0)
            """
    }

    /// The number of a message that `viewer` sees, by its place among them; `nil` where there are not so many.
    /// - Parameter place: 0 for the oldest.
    func number(at place: Int, in scope: MessageScope, viewer: String) throws -> Int? {
        var (place, range) = (place, 0...Int.max)
        for size in Self.sizes {
            let found = try connection.first(
                Self.block(in: scope),
                [
                    .text(viewer), scope.value, .integer(size), .integer(range.lowerBound / size),
                    .integer(range.upperBound / size), .integer(place),
                ]
            ) { (block: $0.integer(0), before: $0.integer(1)) }
            guard let found else { return nil }
            place -= found.before
            range = (found.block * size)...(found.block * size + size - 1)
        }
        return try connection.first(
            "SELECT m.number FROM messages AS m WHERE \(Self.isListed(in: scope)) ORDER BY +m.number LIMIT 1 OFFSET ?5",
            [
                .text(viewer), scope.value, .integer(range.lowerBound), .integer(range.upperBound), .integer(place),
            ]
        ) { $0.integer(0) }
    }

    /// Of the blocks of the size `?3` from `?4` to `?5`, the one with the message that has the place `?6` among those that `?1` sees in
    /// all of these; and how many of them are in the blocks before.
    static func block(in scope: MessageScope) -> String {
        """
        SELECT block, upTo - visible FROM (
            SELECT block, visible, sum(visible) OVER (ORDER BY block ROWS UNBOUNDED PRECEDING) AS upTo FROM (
                SELECT n.block AS block, sum(n.count - coalesce(h.count, 0)) AS visible
                FROM message_counts AS n LEFT JOIN hidden_counts AS h
                    ON h.conversation = n.conversation AND h.user = ?1 AND h.size = n.size AND h.block = n.block
                WHERE n.conversation IN \(scope.list) AND n.size = ?3 AND n.block >= ?4 AND n.block <= ?5
                GROUP BY n.block))
        WHERE upTo > ?6 LIMIT 1
        """
    }

    /// Whether `viewer` has hidden any message that a conversation has.
    func hasHidden(in conversation: Int, _ viewer: String) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM hidden_counts WHERE conversation = ? AND user = ? LIMIT 1",
            [.integer(conversation), .text(viewer)]
        ) { _ in true } ?? false
    }

    /// Counts a message that `user` has hidden now.
    func countHidden(_ message: MessageRow, from user: String) throws {
        for size in Self.sizes {
            try connection.run(
                """
                INSERT INTO hidden_counts (conversation, user, size, block, count) VALUES (?1, ?2, ?3, ?4, 1)
                ON CONFLICT DO UPDATE SET count = count + 1
                """,
                [.integer(message.conversation), .text(user), .integer(size), .integer(message.number / size)])
        }
    }

    /// Counts all messages of a conversation as hidden from `user`.
    func countAllHidden(in conversation: Int, from user: String) throws {
        try connection.run(
            "DELETE FROM hidden_counts WHERE conversation = ? AND user = ?", [.integer(conversation), .text(user)])
        try connection.run(
            """
            INSERT INTO hidden_counts (conversation, user, size, block, count)
            SELECT conversation, ?2, size, block, count FROM message_counts WHERE conversation = ?1
            """, [.integer(conversation), .text(user)])
    }
}
