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

    /// How many conversations of a user are looked at for contacts, the newest first, whatever their dialect.
    static let contactConversations = 10_000
    /// How many memberships of those are read: some 20 ms, in which the store answers nobody else.
    static let contactMemberships = 20_000

    /// The contacts of a user, the newest conversations first. Each step is made when its row is wanted, so that the bounds
    /// bound what is read: nothing is sorted or grouped.
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
