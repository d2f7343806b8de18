public import Foundation

/// Where a message stands in the tables.
struct MessagePlace {
    var number: Int
    var conversation: Int
    var sender: String
    var isDeleted: Bool
}

extension SQLiteChatStore {
    /// See ``MessageStore``.
    public func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: @escaping @Sendable ([String]) -> [OutboxDraft]
    ) throws -> [String] {
        try transact {
            guard let row = try row(conversation, in: dialect) else { return [] }
            let unseen = try unseen(by: reader, in: row.number, selection)
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
            }
            let marked = unseen.map(\.id)
            if !marked.isEmpty { try write(outbox(marked), dialect: dialect, at: date) }
            return marked
        }
    }

    /// What `reader` has not seen of a conversation, oldest first.
    private func unseen(
        by reader: String, in conversation: Int, _ selection: ReadSelection
    ) throws -> [(number: Int, id: String)] {
        let waiting = try connection.rows(
            """
            SELECT number, id FROM messages AS m
            WHERE conversation = ?1 AND sender <> ?2 AND deleted_at IS NULL
                AND number > (SELECT read_up_to FROM members WHERE conversation = ?1 AND user = ?2)
                AND NOT EXISTS (SELECT 1 FROM receipts WHERE message = m.number AND user = ?2)
                AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?2)
            ORDER BY number
            """, [.integer(conversation), .text(reader)]
        ) { (number: $0.integer(0), id: $0.text(1)) }
        switch selection {
        case .all: return waiting
        case .these(let ids):
            let ids = ids.filter(ChatIdentifier.isValid)
            return waiting.filter { ids.contains($0.id) }
        case .upTo(let id):
            let last = try connection.first(
                "SELECT number FROM messages WHERE conversation = ? AND id = ?", [.integer(conversation), .text(id)]
            ) { $0.integer(0) }
            guard let last else { throw ChatError(.messageNotFound) }
            return waiting.filter { $0.number <= last }
        }
    }

    /// See ``MessageStore``.
    public func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft]
    ) throws -> Bool {
        try transact {
            let place = try place(of: message, in: dialect)
            try settle(place, for: listener)
            let heard = try connection.change(
                """
                INSERT INTO receipts (message, user, read_at, listened_at) VALUES (?1, ?2, ?3, ?3)
                ON CONFLICT DO UPDATE SET listened_at = excluded.listened_at WHERE listened_at IS NULL
                """, [.integer(place.number), .text(listener), .integer(date.milliseconds)])
            if heard > 0 { try write(outbox, dialect: dialect, at: date) }
            return heard > 0
        }
    }

    /// See ``MessageStore``.
    public func deleteForAll(_ message: String, in dialect: Dialect, at date: Date, outbox: [OutboxDraft]) throws
        -> [String]?
    {
        try transact {
            let place = try place(of: message, in: dialect)
            guard !place.isDeleted else { return nil }
            for (user, count) in try unreadCounts(in: place.conversation) where count > 0 {
                try settle(place, for: user)
            }
            try connection.run(
                """
                UPDATE messages SET text = '', folded = NULL, media = NULL, location = NULL, forwarded_from = NULL, details = '{}',
                    deleted_at = ?2, updated_at = ?2, deletion = 1 + coalesce(
                        (SELECT max(deletion) FROM messages WHERE conversation = ?3 AND deletion IS NOT NULL), 0)
                WHERE number = ?1
                """, [.integer(place.number), .integer(date.milliseconds), .integer(place.conversation)])
            try connection.run("DELETE FROM reactions WHERE message = ?", [.integer(place.number)])
            try connection.run("DELETE FROM deliveries WHERE message = ?", [.integer(place.number)])
            try write(outbox, dialect: dialect, at: date)
            try removeDeleted(in: place.conversation)
            return try release(owner: .message(place.number))
        }
    }

    /// How many deleted messages of a conversation are kept: those deleted last, so that members who look find that they were
    /// deleted, page on from them, and get the same answer when they delete them again.
    static let keptDeletions = 50

    /// Removes the rows of messages that were deleted earlier than the last ``keptDeletions``, but for those of which there
    /// is still something to tell.
    func removeDeleted(in conversation: Int) throws {
        try connection.run(Self.removeDeleted, [.integer(conversation), .integer(Self.keptDeletions)])
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
            let place = try place(of: message, in: dialect)
            try settle(place, for: user)
            let hidden = try connection.change(
                "INSERT OR IGNORE INTO hidden_messages (message, user) VALUES (?, ?)",
                [.integer(place.number), .text(user)])
            if hidden > 0 { try write(outbox, dialect: dialect, at: now()) }
        }
    }

    /// See ``MessageStore``.
    public func hideAll(in conversation: String, of dialect: Dialect, from user: String) throws {
        try transact {
            guard let number = try row(conversation, in: dialect)?.number else { return }
            try connection.run(
                "INSERT OR IGNORE INTO hidden_messages (message, user) SELECT number, ?2 FROM messages WHERE conversation = ?1",
                [.integer(number), .text(user)])
            try connection.run(
                "UPDATE members SET unread = 0, is_hidden = 1 WHERE conversation = ?1 AND user = ?2",
                [.integer(number), .text(user)])
        }
    }

    func place(of message: String, in dialect: Dialect) throws -> MessagePlace {
        let place = try connection.first(
            "SELECT number, conversation, sender, deleted_at FROM messages WHERE dialect = ? AND id = ?",
            [.text(dialect.rawValue), .text(message)]
        ) { row in
            MessagePlace(
                number: row.integer(0), conversation: row.integer(1), sender: row.user(2),
                isDeleted: row.optionalInteger(3) != nil)
        }
        guard let place else { throw ChatError(.messageNotFound) }
        return place
    }

    /// Takes a message that `user` has not seen out of their unread count, before it is marked otherwise.
    private func settle(_ place: MessagePlace, for user: String) throws {
        guard place.sender != user, !place.isDeleted else { return }
        try connection.run(
            """
            UPDATE members SET unread = max(unread - 1, 0)
            WHERE conversation = ?1 AND user = ?2 AND read_up_to < ?3
                AND NOT EXISTS (SELECT 1 FROM receipts WHERE message = ?3 AND user = ?2)
                AND NOT EXISTS (SELECT 1 FROM hidden_messages WHERE message = ?3 AND user = ?2)
            """, [.integer(place.conversation), .text(user), .integer(place.number)])
    }
}
