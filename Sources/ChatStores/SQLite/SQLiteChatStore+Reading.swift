public import ChatBridge
import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``MessageStore``.
    public func message(_ id: String, in dialect: Dialect, viewer: String?) throws -> ChatMessage? {
        try translate {
            try messages(
                where: """
                    m.dialect = ?1 AND m.id = ?2 AND NOT EXISTS
                        (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?3)
                    """, [.text(dialect.rawValue), .text(id), SQLiteValue(viewer)]
            ).first
        }
    }

    /// See ``MessageStore``.
    public func messages(_ ids: Set<String>, in dialect: Dialect, viewer: String?) throws -> [ChatMessage] {
        guard !ids.isEmpty else { return [] }
        return try translate {
            try messages(
                where: """
                    m.dialect = ?1 AND m.id IN (SELECT value FROM json_each(?2)) AND NOT EXISTS
                        (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?3)
                    ORDER BY m.number
                    """, [.text(dialect.rawValue), .text(try StoredJSON.text(ids.sorted())), SQLiteValue(viewer)])
        }
    }

    /// See ``MessageStore``.
    public func messages(of conversation: String, in dialect: Dialect, viewer: String, page: MessagePage) throws
        -> MessageList
    {
        try translate {
            guard let row = try row(conversation, in: dialect) else {
                // A conversation that does not exist has no message at which a page could begin or end.
                if case .message? = page.before { throw ChatError(.unknownBound(isLower: false)) }
                if case .message? = page.after { throw ChatError(.unknownBound(isLower: true)) }
                return MessageList(messages: [], total: 0)
            }
            let older = try page.before.map { try number(of: $0, in: row.number, dialect, isLower: false) } ?? Int.max
            let newer = try page.after.map { try number(of: $0, in: row.number, dialect, isLower: true) } ?? 0
            let limit = max(page.limit, 0)
            let (skipped, overflow) = (max(page.page, 1) - 1).multipliedReportingOverflow(by: limit)
            return try self.page(
                of: .conversation(row.number), viewer: viewer, after: newer, before: older,
                isForward: page.after != nil, offset: overflow ? Int.max : skipped, limit: limit)
        }
    }

    /// See ``MessageStore``.
    public func messageCount(of conversation: String, in dialect: Dialect, viewer: String) throws -> Int {
        try messages(of: conversation, in: dialect, viewer: viewer, page: MessagePage(limit: 0)).total
    }

    /// The last message of a conversation that `viewer` sees and that was not deleted.
    func lastMessage(of conversation: Int, viewer: String) throws -> ChatMessage? {
        // A viewer who has hidden all messages sees none: these are not read to find that out.
        let hasHidden = try hasHidden(in: conversation, viewer)
        let first = hasHidden ? try number(at: 0, in: .conversation(conversation), viewer: viewer) : 0
        guard let first else { return nil }
        return try messages(
            where: """
                m.conversation = ?1 AND m.deleted_at IS NULL AND m.number >= ?3 AND NOT EXISTS
                    (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?2)
                ORDER BY m.number DESC LIMIT 1
                """, [.integer(conversation), .text(viewer), .integer(first)]
        ).first
    }

    /// The number of a bound in the order of messages: of the first message at or after it, or, as a lower bound, of the last at
    /// or before it. A date is replaced by that of the nearest message: where the clock was set back between two messages, the
    /// timestamp of a message still leads to that message.
    private func number(
        of bound: MessagePage.Bound, in conversation: Int, _ dialect: Dialect, isLower: Bool
    ) throws -> Int {
        switch bound {
        case .message(let id):
            let number = try connection.first(
                "SELECT number FROM messages WHERE dialect = ? AND id = ? AND conversation = ?",
                [.text(dialect.rawValue), .text(id), .integer(conversation)]
            ) { $0.integer(0) }
            guard let number else { throw ChatError(.unknownBound(isLower: isLower)) }
            return number
        case .date(let date) where isLower:
            return try connection.first(
                """
                SELECT number FROM messages WHERE conversation = ? AND created_at <= ?
                ORDER BY created_at DESC, number DESC LIMIT 1
                """, [.integer(conversation), .integer(date.milliseconds)]
            ) { $0.integer(0) } ?? 0
        case .date(let date):
            return try connection.first(
                """
                SELECT number FROM messages WHERE conversation = ? AND created_at >= ?
                ORDER BY created_at, number LIMIT 1
                """, [.integer(conversation), .integer(date.milliseconds)]
            ) { $0.integer(0) } ?? Int.max
        }
    }

    func messages(where condition: String, _ values: [SQLiteValue]) throws -> [ChatMessage] {
        var numbers: [Int] = []
        var messages = try connection.rows(
            """
            SELECT m.number, m.dialect, m.id, c.id, m.sender, m.receiver, m.type, m.text, m.media, m.location, m.reply_to,
                m.forwarded_from, m.created_at, m.updated_at, m.deleted_at, m.details, m.edited_at
            FROM messages AS m JOIN conversations AS c ON c.number = m.conversation WHERE \(condition)
            """, values
        ) { row in
            numbers.append(row.integer(0))
            return try Self.message(row)
        }
        for (index, number) in numbers.enumerated() {
            messages[index].receipts = try connection.rows(
                "SELECT user, read_at, listened_at FROM receipts WHERE message = ?", [.integer(number)]
            ) { row in
                ReadReceipt(
                    user: row.user(0), readAt: Date(milliseconds: row.integer(1)),
                    listenedAt: row.optionalInteger(2).map(Date.init(milliseconds:)))
            }
            messages[index].deliveries = try deliveries(of: number)
            messages[index].reactions = try reactions(to: number)
        }
        return messages
    }

    private static func message(_ row: SQLiteStatement) throws -> ChatMessage {
        var message = ChatMessage(
            id: row.text(2), dialect: Dialect(rawValue: row.text(1)), conversation: row.text(3), sender: row.user(4),
            receiver: row.optionalUser(5), type: MessageType(rawValue: row.text(6)), text: row.text(7),
            location: try row.optionalText(9).map { try StoredJSON.value($0) }, replyTo: row.optionalText(10),
            forwardedFrom: try row.optionalText(11).map { try StoredJSON.value($0) },
            details: try StoredJSON.value(row.text(15)), createdAt: Date(milliseconds: row.integer(12)))
        message.attachments = try row.optionalText(8).map { try StoredJSON.value($0) } ?? []
        message.editedAt = row.optionalInteger(16).map(Date.init(milliseconds:))
        message.updatedAt = Date(milliseconds: row.integer(13))
        message.deletedAt = row.optionalInteger(14).map(Date.init(milliseconds:))
        return message
    }
}
