public import ChatBridge
public import Foundation

/// The row of a message.
struct MessageRow {
    var number: Int
    var conversation: Int
    var sender: String
    var isDeleted: Bool
}

extension SQLiteChatStore {
    /// See ``MessageStore``.
    public func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: @escaping @Sendable ([MarkedMessage]) -> [OutboxDraft],
        started: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) throws -> [String] {
        try transact {
            guard let row = try row(conversation, in: dialect) else { return [] }
            let unseen = try unseen(by: reader, in: row.number, of: dialect, selection)
            for message in unseen {
                try connection.run(
                    "INSERT OR IGNORE INTO receipts (message, user, read_at) VALUES (?, ?, ?)",
                    [.integer(message.number), .text(reader), .integer(date.milliseconds)])
            }
            if case .all = selection {
                try connection.run(
                    """
                    UPDATE members SET unread = 0,
                        read_up_to = coalesce((SELECT max(number) FROM messages WHERE conversation = ?1), 0)
                    WHERE conversation = ?1 AND user = ?2
                    """, [.integer(row.number), .text(reader)])
            } else {
                try connection.run(
                    "UPDATE members SET unread = max(unread - ?3, 0) WHERE conversation = ?1 AND user = ?2",
                    [.integer(row.number), .text(reader), .integer(unseen.count)])
                try connection.run(Self.moveReadUpTo, [.integer(row.number), .text(reader)])
            }
            let marked = unseen.map(\.message)
            if !marked.isEmpty { try write(outbox(marked), dialect: dialect, at: date) }
            for message in try startTimers(of: unseen.filter(\.hasTimer).map(\.number), at: date) {
                try write(started(message), dialect: dialect, at: date)
            }
            return marked.map(\.id)
        }
    }

    private typealias Unseen = (number: Int, message: MarkedMessage, hasTimer: Bool)

    /// The messages that `selection` names and that `reader` has not read, oldest first; no others are read from the tables.
    private func unseen(
        by reader: String, in conversation: Int, of dialect: Dialect, _ selection: ReadSelection
    ) throws -> [Unseen] {
        let values: [SQLiteValue] = [.integer(conversation), .text(reader)]
        let row = { (row: SQLiteStatement) -> Unseen in
            (row.integer(0), MarkedMessage(id: row.text(1), sender: row.user(2)), row.integer(3) > 0)
        }
        switch selection {
        case .all: return try connection.rows(Self.unseenUpTo, values + [.integer(.max)], row)
        case .these(let ids):
            return try ids.filter(ChatIdentifier.isValid).compactMap { id in
                try connection.first(Self.unseenMessage, values + [.text(dialect.rawValue), .text(id)], row)
            }.sorted { $0.number < $1.number }
        case .upTo(let id):
            let last = try connection.first(
                "SELECT number FROM messages WHERE dialect = ? AND id = ? AND conversation = ?",
                [.text(dialect.rawValue), .text(id), .integer(conversation)]
            ) { $0.integer(0) }
            guard let last else { throw ChatError(.messageNotFound) }
            return try connection.rows(Self.unseenUpTo, values + [.integer(last)], row)
        }
    }

    /// The condition for messages of the conversation `?1` that its member `?2` has not read.
    private static let isUnseen = """
        conversation = ?1 AND sender <> ?2 AND deleted_at IS NULL
        AND number > (SELECT read_up_to FROM members WHERE conversation = ?1 AND user = ?2)
        AND NOT EXISTS (SELECT 1 FROM receipts WHERE message = m.number AND user = ?2)
        AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?2)
        """

    static let unseenUpTo = """
        SELECT number, id, sender, instr(details, '"selfDestruct"') FROM messages AS m
        WHERE \(isUnseen) AND number <= ?3 ORDER BY number
        """

    static let unseenMessage = """
        SELECT number, id, sender, instr(details, '"selfDestruct"') FROM messages AS m
        WHERE dialect = ?3 AND id = ?4 AND \(isUnseen)
        """

    /// Moves the bound up to which a member has read everything to before the first message that they have not read: what they have
    /// read is not looked at again when they mark further messages.
    static let moveReadUpTo = """
        UPDATE members SET read_up_to = max(read_up_to, coalesce(
            (SELECT max(number) FROM messages WHERE conversation = ?1 AND number < coalesce(
                (SELECT number FROM messages AS m WHERE \(isUnseen) ORDER BY number LIMIT 1), 9223372036854775807)), 0))
        WHERE conversation = ?1 AND user = ?2
        """

    /// See ``MessageStore``.
    public func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft],
        started: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) throws -> Bool {
        try transact {
            let row = try messageRow(message, in: dialect)
            try removeFromUnreadCount(row, for: listener)
            let isFirst = try connection.change(
                """
                INSERT INTO receipts (message, user, read_at, listened_at) VALUES (?1, ?2, ?3, ?3)
                ON CONFLICT DO UPDATE SET listened_at = excluded.listened_at WHERE listened_at IS NULL
                """, [.integer(row.number), .text(listener), .integer(date.milliseconds)])
            if isFirst > 0 { try write(outbox, dialect: dialect, at: date) }
            for message in try startTimers(of: [row.number], at: date) {
                try write(started(message), dialect: dialect, at: date)
            }
            return isFirst > 0
        }
    }

    /// See ``MessageStore``.
    public func deleteForAll(_ message: String, in dialect: Dialect, at date: Date, outbox: [OutboxDraft]) throws
        -> [String]?
    {
        try transact {
            let row = try messageRow(message, in: dialect)
            guard !row.isDeleted else { return nil }
            try eraseAnswers(about: .message(message, dialect))
            try writeWebhooks(at: date) {
                try messages(where: "m.number = ?1", [.integer(row.number)]).map { .deleted($0, at: date) }
            }
            for (user, count) in try unreadCounts(in: row.conversation) where count > 0 {
                try removeFromUnreadCount(row, for: user)
            }
            let text = try connection.first("SELECT text FROM messages WHERE number = ?", [.integer(row.number)]) {
                $0.text(0)
            }
            try connection.removeTerms(of: text ?? "", from: row.number, in: row.conversation)
            try connection.run(
                """
                UPDATE messages SET text = '', folded = NULL, media = NULL, location = NULL, forwarded_from = NULL, details = '{}',
                    deleted_at = ?2, updated_at = ?2, deletion = 1 + coalesce(
                        (SELECT max(deletion) FROM messages WHERE conversation = ?3 AND deletion IS NOT NULL), 0)
                WHERE number = ?1
                """, [.integer(row.number), .integer(date.milliseconds), .integer(row.conversation)])
            try connection.run("DELETE FROM message_deadlines WHERE message = ?", [.integer(row.number)])
            try connection.run("DELETE FROM reactions WHERE message = ?", [.integer(row.number)])
            try connection.run("DELETE FROM deliveries WHERE message = ?", [.integer(row.number)])
            try write(outbox, dialect: dialect, at: date)
            try removeDeleted(in: row.conversation)
            return try removeReferences(of: .message(row.number))
        }
    }

    /// Removes the rows of messages that were deleted before the last ``MessageLimits/maximumDeletedMessages``, except those with an event in
    /// the outbox.
    func removeDeleted(in conversation: Int) throws {
        let values = [conversation, MessageLimits.maximumDeletedMessages]
        try connection.run(Self.removeDeleted, values.map(SQLiteValue.integer))
    }

    static let removeDeleted = """
        DELETE FROM messages WHERE conversation = ?1 AND deletion IS NOT NULL AND deletion <= -?2 + (
            SELECT max(deletion) FROM messages WHERE conversation = ?1 AND deletion IS NOT NULL)
        AND NOT EXISTS (
            SELECT 1 FROM outbox WHERE outbox.dialect = messages.dialect AND outbox.message = messages.id)
        """

    /// See ``MessageStore``.
    public func hide(_ message: String, in dialect: Dialect, from user: String, outbox: [OutboxDraft]) throws {
        try transact {
            let row = try messageRow(message, in: dialect)
            try removeFromUnreadCount(row, for: user)
            let hidden = try connection.change(
                "INSERT OR IGNORE INTO hidden_messages (message, user) VALUES (?, ?)",
                [.integer(row.number), .text(user)])
            guard hidden > 0 else { return }
            try countHidden(row, from: user)
            try write(outbox, dialect: dialect, at: now())
        }
    }

    /// See ``MessageStore``.
    public func hideAll(in conversation: String, of dialect: Dialect, from user: String) throws {
        try transact {
            guard let number = try row(conversation, in: dialect)?.number else { return }
            try connection.run(
                "INSERT OR IGNORE INTO hidden_messages (message, user) SELECT number, ?2 FROM messages WHERE conversation = ?1",
                [.integer(number), .text(user)])
            try countAllHidden(in: number, from: user)
            try connection.run(
                "UPDATE members SET unread = 0, is_hidden = 1 WHERE conversation = ?1 AND user = ?2",
                [.integer(number), .text(user)])
        }
    }

    func messageRow(_ message: String, in dialect: Dialect) throws -> MessageRow {
        let row = try connection.first(
            "SELECT number, conversation, sender, deleted_at FROM messages WHERE dialect = ? AND id = ?",
            [.text(dialect.rawValue), .text(message)]
        ) { columns in
            MessageRow(
                number: columns.integer(0), conversation: columns.integer(1), sender: columns.user(2),
                isDeleted: columns.optionalInteger(3) != nil)
        }
        guard let row else { throw ChatError(.messageNotFound) }
        return row
    }

    /// Subtracts a message that `user` has not read from their unread count, before it is marked as read, hidden or deleted.
    private func removeFromUnreadCount(_ row: MessageRow, for user: String) throws {
        guard row.sender != user, !row.isDeleted else { return }
        try connection.run(
            """
            UPDATE members SET unread = max(unread - 1, 0)
            WHERE conversation = ?1 AND user = ?2 AND read_up_to < ?3
                AND NOT EXISTS (SELECT 1 FROM receipts WHERE message = ?3 AND user = ?2)
                AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = ?3 AND user = ?2)
            """, [.integer(row.conversation), .text(user), .integer(row.number)])
    }
}
