package import ChatBridge
import Foundation

extension SQLiteChatStore {
    /// See `MigrationSource`.
    package func messageCount() throws -> Int {
        try translate { try connection.first("SELECT count(*) FROM messages") { $0.integer(0) } ?? 0 }
    }

    /// See `MigrationSource`.
    package func conversations(after number: Int, limit: Int) throws -> [MigratedConversation] {
        try translate {
            try connection.execute(Self.makePlaces)
            let isFilled = try connection.first("SELECT 1 FROM conversation_places LIMIT 1") { _ in true }
            if isFilled == nil { try connection.run(Self.fillPlaces) }
            let found = try connection.rows(
                """
                SELECT c.number, c.dialect, c.id, c.pair, p.activity, p.last_said,
                    (SELECT count(*) FROM messages WHERE conversation = c.number)
                FROM conversations AS c JOIN conversation_places AS p ON p.number = c.number
                WHERE c.number > ? ORDER BY c.number LIMIT ?
                """, [.integer(number), .integer(limit)]
            ) { row in
                (
                    number: row.integer(0), dialect: Dialect(rawValue: row.text(1)), id: row.text(2),
                    pair: row.optionalText(3), activity: row.integer(4), lastSaid: row.integer(5),
                    messages: row.integer(6)
                )
            }
            return try found.compactMap { entry -> MigratedConversation? in
                guard let row = try row(entry.id, in: entry.dialect) else { return nil }
                var conversation = MigratedConversation(
                    number: entry.number, conversation: row.conversation, pair: entry.pair, activity: entry.activity,
                    lastSaid: entry.lastSaid, members: try migratedMembers(of: row))
                conversation.messageCount = entry.messages
                return conversation
            }
        }
    }

    private func migratedMembers(of row: ConversationRow) throws -> [String: MigratedMember] {
        let memberships = try memberships(of: row.conversation.id, in: row.conversation.dialect)
        let counts = try connection.rows(
            "SELECT user, unread, read_up_to FROM members WHERE conversation = ?", [.integer(row.number)]
        ) { (user: $0.user(0), unread: $0.integer(1), readUpTo: $0.integer(2)) }
        let members = counts.map { entry in
            let membership = memberships[entry.user]
            return (
                entry.user,
                MigratedMember(
                    unread: entry.unread, readUpTo: entry.readUpTo, lastRead: membership?.readCursor,
                    isHidden: membership?.isHidden ?? false, isArchived: membership?.isArchived ?? false,
                    mute: membership?.mute ?? .off, mutedAt: membership?.mutedAt, pinnedAt: membership?.pinnedAt)
            )
        }
        return Dictionary(members) { first, _ in first }
    }

    /// See `MigrationSource`.
    package func messages(ofConversation conversation: Int, after number: Int, limit: Int) throws -> [MigratedMessage] {
        try translate {
            let page: [SQLiteValue] = [.integer(conversation), .integer(number), .integer(limit)]
            let range = "conversation = ?1 AND number > ?2 ORDER BY number LIMIT ?3"
            let rows = try connection.rows("SELECT number, deletion FROM messages WHERE \(range)", page) {
                (number: $0.integer(0), deletion: $0.optionalInteger(1))
            }
            let messages = try messages(
                where: "m.conversation = ?1 AND m.number > ?2 ORDER BY m.number LIMIT ?3", page)
            return try zip(rows, messages).map { row, message in
                MigratedMessage(
                    number: row.number, message: message,
                    hiddenFrom: try connection.rows(
                        "SELECT user FROM hidden_messages WHERE message = ?", [.integer(row.number)]
                    ) { $0.user(0) }, deletion: row.deletion,
                    objects: try objects(of: .message(row.number)))
            }
        }
    }

    /// The objects that an owner refers to.
    func objects(of owner: ObjectOwner) throws -> [String] {
        try connection.rows("SELECT object FROM object_owners WHERE owner = ? ORDER BY object", [owner.value]) {
            $0.text(0)
        }
    }

    /// See `MigrationSource`.
    package func messageIDs(after number: Int, limit: Int) throws -> [(number: Int, dialect: Dialect, id: String)] {
        try translate {
            try connection.rows(
                "SELECT number, dialect, id FROM messages WHERE number > ? ORDER BY number LIMIT ?",
                [.integer(number), .integer(limit)]
            ) { (number: $0.integer(0), dialect: Dialect(rawValue: $0.text(1)), id: $0.text(2)) }
        }
    }

    // In memory, and of this connection alone.
    private static let makePlaces = """
        PRAGMA temp_store = MEMORY;
        CREATE TEMP TABLE IF NOT EXISTS conversation_places (
            number INTEGER PRIMARY KEY, activity INTEGER NOT NULL, last_said INTEGER NOT NULL);
        """

    /// The places of conversations in both orders: milliseconds since 1970 times 1,024, so that conversations of another program
    /// have theirs among them by their dates, and always more than the place before.
    private static let fillPlaces = """
        INSERT INTO conversation_places
        WITH ranked AS (
            SELECT number, updated_at * 1024 AS changed, 1024 * coalesce(
                    (SELECT max(created_at) FROM messages WHERE conversation = c.number), created_at) AS said,
                row_number() OVER (ORDER BY activity, number) AS activity_rank,
                row_number() OVER (ORDER BY last_said, number) AS said_rank
            FROM conversations AS c)
        SELECT number,
            2 * activity_rank + max(changed - 2 * activity_rank) OVER (ORDER BY activity_rank),
            2 * said_rank + max(said - 2 * said_rank) OVER (ORDER BY said_rank)
        FROM ranked
        """
}
