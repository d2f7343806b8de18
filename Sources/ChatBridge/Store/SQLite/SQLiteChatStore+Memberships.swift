public import JSON

extension SQLiteChatStore {
    /// See ``ChatDirectory``.
    public func membership(of user: String, conversation: String, in dialect: Dialect) throws -> JSONValue {
        try translate { try details(of: user, conversation: conversation, in: dialect)?.value ?? .object([:]) }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func updateMembership(
        of user: String, conversation: String, in dialect: Dialect, change: @Sendable (inout JSONValue) -> Void
    ) throws -> JSONValue? {
        try transact {
            guard var known = try details(of: user, conversation: conversation, in: dialect) else { return nil }
            change(&known.value)
            try connection.run(
                "UPDATE members SET details = ? WHERE conversation = ? AND user = ?",
                [.text(known.value.encodedText()), .integer(known.number), .text(user)])
            return known.value
        }
    }

    private func details(
        of user: String, conversation: String, in dialect: Dialect
    ) throws -> (number: Int, value: JSONValue)? {
        try connection.first(
            """
            SELECT c.number, m.details FROM members AS m JOIN conversations AS c ON c.number = m.conversation
            WHERE c.dialect = ? AND c.id = ? AND m.user = ?
            """, [.text(dialect.rawValue), .text(conversation), .text(user)]
        ) { (number: $0.integer(0), value: try StoredJSON.value($0.text(1))) }
    }
}
