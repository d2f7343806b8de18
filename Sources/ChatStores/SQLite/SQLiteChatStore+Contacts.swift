public import ChatBridge

extension SQLiteChatStore {
    /// See ``ChatDirectory``.
    public func contacts(of user: String, in dialect: Dialect, limit: Int) throws -> Set<String> {
        try contacts.contacts(of: user, in: dialect, limit: limit, now: uptimeMilliseconds) {
            try translate {
                let values: [SQLiteValue] = [
                    .text(user), .text(dialect.rawValue), .integer(max(limit, 0)), .integer(Self.contactConversations),
                    .integer(Self.contactMemberships),
                ]
                return Set(try connection.rows(Self.newestContacts, values) { $0.user(0) })
            }
        }
    }

    /// How many conversations of a user are read for contacts, the newest first, of all dialects.
    static let contactConversations = 10_000
    /// How many memberships of those are read: that takes some 20 ms, in which the store performs nothing else.
    static let contactMemberships = 20_000

    /// The contacts of a user, those of the newest conversations first. Nothing is sorted or grouped, so that the limits bound
    /// how many rows are read.
    static let newestContacts = """
        SELECT DISTINCT user FROM (
            SELECT other.user AS user FROM (
                SELECT conversation FROM members WHERE user = ?1 ORDER BY conversation DESC LIMIT ?4) AS own
            CROSS JOIN conversations AS c ON c.number = own.conversation AND c.dialect = ?2
            CROSS JOIN members AS other ON other.conversation = own.conversation
            LIMIT ?5)
        WHERE user <> ?1 LIMIT ?3
        """
}
