public import ChatBridge
import Foundation
import JSON

/// A conversation and its row number.
struct ConversationRow {
    var number: Int
    var conversation: Conversation
}

extension SQLiteChatStore {
    /// The next number in the order of activity of all conversations.
    static let nextActivity = "(SELECT coalesce(max(activity), 0) + 1 FROM conversations)"

    /// See ``ChatDirectory``.
    @discardableResult
    public func upsert(_ conversation: Conversation) throws -> Bool { try transact { try write(conversation) } }

    /// See ``ChatDirectory``.
    public func create(_ conversation: Conversation) throws -> Conversation {
        let step = IdempotentStep.next("conversation")
        return try transact {
            try once(step) { ids in
                guard let id = ids.first, let known = try row(id, in: conversation.dialect) else {
                    throw ChatError(.conversationNotFound)
                }
                return known.conversation
            } make: {
                _ = try write(conversation)
                return (conversation, [conversation.id], [.conversation(conversation.id, conversation.dialect)])
            }
        }
    }

    private func write(_ conversation: Conversation) throws -> Bool {
        let adopted = try mergeDirectConversation(into: conversation)
        guard let known = try row(conversation.id, in: conversation.dialect) else {
            try insert(conversation)
            return true
        }
        return try write(conversation, over: known) || adopted
    }

    /// See ``ChatDirectory``.
    public func provision(_ conversation: Conversation, keepsSettings: Bool) throws -> (Conversation, isNew: Bool) {
        try transact {
            let isNew = try row(conversation.id, in: conversation.dialect) == nil
            _ = try mergeDirectConversation(into: conversation)
            guard let known = try row(conversation.id, in: conversation.dialect) else {
                try insert(conversation)
                return (conversation, isNew)
            }
            var changed = conversation
            if keepsSettings { changed.settings = known.conversation.settings }
            _ = try write(changed, over: known)
            return (changed, isNew)
        }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func update(
        _ conversation: String, in dialect: Dialect, deletesEmpty: Bool,
        outbox: @Sendable (Conversation) -> [OutboxDraft], change: @Sendable (inout Conversation) throws -> Void
    ) throws -> Conversation? {
        let step = IdempotentStep.next("change")
        return try transact {
            guard let known = try row(conversation, in: dialect) else { return nil }
            return try once(step) { _ in
                known.conversation
            } make: {
                var changed = known.conversation
                try change(&changed)
                let thing = IdempotencyRecord.Thing.conversation(conversation, dialect)
                guard try write(changed, over: known) else { return (known.conversation, [conversation], [thing]) }
                let updated = try row(conversation, in: dialect)?.conversation
                if let updated { try write(outbox(updated), dialect: dialect, at: now()) }
                if deletesEmpty, updated?.members.isEmpty ?? false { try delete(known) }
                return (updated, [conversation], [thing])
            }
        }
    }

    /// See ``ChatDirectory``.
    public func directConversation(_ conversation: Conversation) throws -> (Conversation, isNew: Bool) {
        try transact {
            if let pair = conversation.pair,
                let known = try row(
                    where: "dialect = ? AND pair = ?", [.text(conversation.dialect.rawValue), .text(pair)])
            {
                return (known.conversation, isNew: false)
            }
            try insert(conversation)
            return (conversation, isNew: true)
        }
    }

    /// See ``ChatDirectory``.
    public func conversations(_ ids: Set<String>, in dialect: Dialect) throws -> [Conversation] {
        try translate { try ids.sorted().compactMap { try row($0, in: dialect)?.conversation } }
    }

    /// See ``ChatDirectory``.
    public func conversation(_ id: String, in dialect: Dialect) throws -> Conversation? {
        try translate { try row(id, in: dialect)?.conversation }
    }

    /// See ``ChatDirectory``.
    public func directConversation(of a: String, and b: String, in dialect: Dialect) throws -> Conversation? {
        try translate { try directRow(of: a, and: b, in: dialect)?.conversation }
    }

    /// See ``ChatDirectory``.
    public func members(of conversation: String, in dialect: Dialect) throws -> Set<String> {
        try translate { try row(conversation, in: dialect)?.conversation.members ?? [] }
    }

    /// See ``ChatDirectory``.
    public func isMember(_ user: String, of conversation: String, in dialect: Dialect) throws -> Bool {
        try translate {
            try connection.first(
                """
                SELECT 1 FROM conversations AS c JOIN members AS m ON m.conversation = c.number
                WHERE c.dialect = ? AND c.id = ? AND m.user = ?
                """, [.text(dialect.rawValue), .text(conversation), .text(user)]
            ) { $0.integer(0) } != nil
        }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func deleteConversation(_ id: String, in dialect: Dialect) throws -> Bool {
        try transact {
            guard let known = try row(id, in: dialect) else { return false }
            try delete(known)
            return true
        }
    }

    /// Deletes a conversation with its messages and files.
    private func delete(_ known: ConversationRow) throws {
        let (number, dialect) = (known.number, known.conversation.dialect)
        contacts.invalidate(known.conversation.members, in: dialect)
        try eraseAnswers(about: .conversation(known.conversation.id, dialect))
        let messages = try connection.rows(
            "SELECT number FROM messages WHERE conversation = ? AND media IS NOT NULL", [.integer(number)]
        ) { $0.integer(0) }
        for message in messages { _ = try removeReferences(of: .message(message)) }
        let place: [SQLiteValue] = [.text(dialect.rawValue), .text(known.conversation.id)]
        let media = try connection.rows(
            "SELECT id FROM media_items WHERE dialect = ? AND conversation = ?", place
        ) { $0.text(0) }
        for medium in media {
            try eraseAnswers(about: .media(medium))
            _ = try removeReferences(of: .media(medium))
        }
        try connection.run("DELETE FROM media_items WHERE dialect = ? AND conversation = ?", place)
        // Before the messages, so that not each of them is subtracted.
        for table in ["message_counts", "hidden_counts"] {
            try connection.run("DELETE FROM \(table) WHERE conversation = ?", [.integer(number)])
        }
        try connection.run("DELETE FROM conversations WHERE number = ?", [.integer(number)])
    }

    /// Removes a user who is deleted from a conversation, which keeps its place in the lists.
    /// - Parameter dialects: whose groups are deleted with their last member.
    func remove(deletedUser user: String, from number: Int, deletingEmptyGroupsOf dialects: Set<Dialect>) throws {
        guard let known = try row(where: "number = ?", [.integer(number)]) else { return }
        try connection.run(
            "DELETE FROM members WHERE conversation = ? AND user = ?", [.integer(number), .text(user)])
        var changed = known.conversation
        guard !changed.isDirect else { return }
        changed.remove(user)
        if changed.members.isEmpty, dialects.contains(changed.dialect) { return try delete(known) }
        guard changed.settings != known.conversation.settings else { return }
        try connection.run(
            "UPDATE conversations SET settings = ? WHERE number = ?",
            [.text(changed.settings.encodedText()), .integer(number)])
    }

    func unreadCounts(in number: Int) throws -> [String: Int] {
        let counts = try connection.rows("SELECT user, unread FROM members WHERE conversation = ?", [.integer(number)])
        {
            ($0.user(0), $0.integer(1))
        }
        return Dictionary(counts) { first, _ in first }
    }

    func row(_ id: String, in dialect: Dialect) throws -> ConversationRow? {
        try row(where: "dialect = ? AND id = ?", [.text(dialect.rawValue), .text(id)])
    }

    func directRow(of a: String, and b: String, in dialect: Dialect) throws -> ConversationRow? {
        try row(
            where: "dialect = ? AND pair = ?", [.text(dialect.rawValue), .text(Conversation.pair(of: a, and: b))])
    }

    /// The direct conversation of a pair, created under `id` if there is none; both are members of it afterwards.
    func directRow(of a: String, and b: String, in dialect: Dialect, orCreateAs id: String) throws -> ConversationRow {
        if let known = try directRow(of: a, and: b, in: dialect) {
            let missing = Set([a, b]).subtracting(known.conversation.members)
            for user in missing { try addMember(user, in: known.number) }
            if !missing.isEmpty { contacts.invalidate(known.conversation.members.union(missing), in: dialect) }
            return known
        }
        let conversation = Conversation(id: id, dialect: dialect, members: [a, b], isDirect: true, createdAt: now())
        return ConversationRow(number: try insert(conversation), conversation: conversation)
    }

    private func row(where condition: String, _ values: [SQLiteValue]) throws -> ConversationRow? {
        let found = try connection.first(
            """
            SELECT number, dialect, id, pair, name, settings, created_at, updated_at FROM conversations
            WHERE \(condition)
            """, values
        ) { row in
            var conversation = Conversation(
                id: row.text(2), dialect: Dialect(rawValue: row.text(1)), members: [], isDirect: false,
                name: row.optionalText(4),
                settings: try StoredJSON.value(row.text(5)), createdAt: Date(milliseconds: row.integer(6)))
            conversation.isDirect = row.optionalText(3) != nil
            conversation.updatedAt = Date(milliseconds: row.integer(7))
            return ConversationRow(number: row.integer(0), conversation: conversation)
        }
        guard var found else { return nil }
        found.conversation.members = Set(
            try connection.rows("SELECT user FROM members WHERE conversation = ?", [.integer(found.number)]) {
                $0.user(0)
            })
        return found
    }

    @discardableResult
    private func insert(_ conversation: Conversation) throws -> Int {
        try connection.run(
            """
            INSERT INTO conversations (dialect, id, pair, name, settings, created_at, updated_at, activity, last_said)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, \(Self.nextActivity), \(Self.nextActivity))
            """,
            [
                .text(conversation.dialect.rawValue), .text(conversation.id), SQLiteValue(conversation.pair),
                SQLiteValue(conversation.name), .text(conversation.settings.encodedText()),
                .integer(conversation.createdAt.milliseconds),
            ])
        let number = connection.lastRow
        for user in conversation.members { try addMember(user, in: number) }
        contacts.invalidate(conversation.members, in: conversation.dialect)
        return number
    }

    /// Writes `conversation` over an existing row; whether that changed anything.
    private func write(_ conversation: Conversation, over known: ConversationRow) throws -> Bool {
        var new = conversation
        (new.createdAt, new.updatedAt) = (known.conversation.createdAt, known.conversation.updatedAt)
        guard new != known.conversation || JSONValue(new.name) != JSONValue(known.conversation.name) else {
            return false
        }
        try connection.run(
            """
            UPDATE conversations SET pair = ?, name = ?, settings = ?, updated_at = max(updated_at, ?),
                activity = \(Self.nextActivity)
            WHERE number = ?
            """,
            [
                SQLiteValue(new.pair), SQLiteValue(new.name), .text(new.settings.encodedText()),
                .integer(now().milliseconds), .integer(known.number),
            ])
        if known.conversation.members != new.members {
            contacts.invalidate(known.conversation.members.union(new.members), in: new.dialect)
        }
        for user in known.conversation.members.subtracting(new.members) {
            try connection.run(
                "DELETE FROM members WHERE conversation = ? AND user = ?", [.integer(known.number), .text(user)])
        }
        for user in new.members.subtracting(known.conversation.members) { try addMember(user, in: known.number) }
        return true
    }

    private func addMember(_ user: String, in number: Int) throws {
        // Messages from before a member joined do not count as unread.
        try connection.run(
            """
            INSERT OR IGNORE INTO members (conversation, user, read_up_to)
            VALUES (?1, ?2, coalesce((SELECT max(number) FROM messages WHERE conversation = ?1), 0))
            """, [.integer(number), .text(user)])
    }

    /// Merges the direct conversation that the pair of `new` has under another ID into the one under the ID of `new`; whether
    /// there was one.
    private func mergeDirectConversation(into new: Conversation) throws -> Bool {
        guard let pair = new.pair,
            let other = try row(where: "dialect = ? AND pair = ?", [.text(new.dialect.rawValue), .text(pair)]),
            other.conversation.id != new.id
        else { return false }
        for table in ["media_items", "presigned_uploads"] {
            try connection.run(
                "UPDATE \(table) SET conversation = ?1 WHERE dialect = ?2 AND conversation = ?3",
                [.text(new.id), .text(new.dialect.rawValue), .text(other.conversation.id)])
        }
        guard let known = try row(new.id, in: new.dialect) else {
            try connection.run(
                "UPDATE conversations SET id = ? WHERE number = ?", [.text(new.id), .integer(other.number)])
            return true
        }
        contacts.invalidate(known.conversation.members.union(other.conversation.members), in: new.dialect)
        let numbers: [SQLiteValue] = [.integer(known.number), .integer(other.number)]
        try connection.run(Self.joinDeletions, numbers)
        for table in ["messages", "message_terms"] {
            try connection.run("UPDATE \(table) SET conversation = ? WHERE conversation = ?", numbers)
        }
        try connection.run(
            """
            UPDATE members SET unread = members.unread + old.unread, read_up_to = min(members.read_up_to, old.read_up_to)
            FROM members AS old
            WHERE members.conversation = ? AND old.conversation = ? AND old.user = members.user
            """, numbers)
        try connection.run(
            """
            UPDATE conversations SET updated_at = max(conversations.updated_at, old.updated_at),
                activity = max(conversations.activity, old.activity), last_said = max(conversations.last_said, old.last_said)
            FROM conversations AS old WHERE conversations.number = ? AND old.number = ?
            """, numbers)
        try connection.run("DELETE FROM conversations WHERE number = ?", [.integer(other.number)])
        try removeDeleted(in: known.number)
        return true
    }

    /// Numbers the deletions of two conversations in one order, which keeps the order of each: where a later deletion of the
    /// same conversation has an earlier date, because the clock was set back, the later date counts.
    private static let joinDeletions = """
        UPDATE messages SET deletion = ranked.rank FROM (
            SELECT number, row_number() OVER (ORDER BY moment, deletion, number) AS rank FROM (
                SELECT number, deletion, max(deleted_at) OVER (PARTITION BY conversation ORDER BY deletion) AS moment
                FROM messages WHERE conversation IN (?1, ?2) AND deletion IS NOT NULL)) AS ranked
        WHERE ranked.number = messages.number
        """
}

extension Conversation {
    /// The value by which a direct conversation is found.
    var pair: String? {
        guard isDirect, let a = members.min(), let b = members.max() else { return nil }
        return Self.pair(of: a, and: b)
    }

    /// The two IDs in order, separated by a line feed: IDs have no control characters.
    static func pair(of a: String, and b: String) -> String { "\(min(a, b))\n\(max(a, b))" }
}
