import ChatBridge

extension SQLiteMigrations {
    // The index of messages by their words: see `SearchTerms`. It leads with the conversation, so that a search reads nothing of
    // conversations that the user is not in. Messages up to `last` get their terms after the migration, in steps.
    static let searchTerms = """
        CREATE TABLE message_terms (
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE, term TEXT NOT NULL,
            message INTEGER NOT NULL,
            PRIMARY KEY (conversation, term, message)
        ) WITHOUT ROWID;
        CREATE TABLE unindexed_messages ( -- at most one row
            indexed INTEGER PRIMARY KEY, -- messages up to this number have their terms
            last INTEGER NOT NULL
        );
        INSERT INTO unindexed_messages (indexed, last)
            SELECT 0, last FROM (SELECT max(number) AS last FROM messages) WHERE last IS NOT NULL;
        """

    /// How many messages get their terms in one transaction.
    private static let indexedAtOnce = 1_000

    /// Writes the terms of messages that an earlier release has saved. A process that is killed meanwhile has done a part of it,
    /// and the next one continues there.
    static func indexMessages(of connection: SQLiteConnection) throws {
        while try connection.first("SELECT 1 FROM unindexed_messages", [], { _ in true }) != nil {
            try connection.transaction(durable: false) { try indexSomeMessages(of: connection) }
        }
    }

    static func indexSomeMessages(of connection: SQLiteConnection) throws {
        let state = try connection.first("SELECT indexed, last FROM unindexed_messages") {
            (indexed: $0.integer(0), last: $0.integer(1))
        }
        // Another process may have written the last ones.
        guard let state else { return }
        let messages = try connection.rows(
            "SELECT number, conversation, text FROM messages WHERE number > ? AND number <= ? ORDER BY number LIMIT ?",
            [.integer(state.indexed), .integer(state.last), .integer(indexedAtOnce)]
        ) { (number: $0.integer(0), conversation: $0.integer(1), text: $0.text(2)) }
        for message in messages where !message.text.isEmpty {
            try connection.addTerms(of: message.text, to: message.number, in: message.conversation)
            try connection.run(
                "UPDATE messages SET folded = fold(text) WHERE number = ? AND folded IS NOT fold(text)",
                [.integer(message.number)])
        }
        if let last = messages.last, messages.count == indexedAtOnce {
            try connection.run("UPDATE unindexed_messages SET indexed = ?", [.integer(last.number)])
        } else {
            try connection.run("DELETE FROM unindexed_messages")
        }
    }
}

extension SQLiteConnection {
    /// Writes the terms of a message's text.
    func addTerms(of text: String, to message: Int, in conversation: Int) throws {
        let terms = SearchTerms.terms(of: text)
        guard !terms.isEmpty else { return }
        try run(
            "INSERT OR IGNORE INTO message_terms (conversation, term, message) SELECT ?1, value, ?2 FROM json_each(?3)",
            [.integer(conversation), .integer(message), .text(try StoredJSON.text(terms))])
    }

    /// Deletes the terms of the text that a message had.
    func removeTerms(of text: String, from message: Int, in conversation: Int) throws {
        let terms = SearchTerms.terms(of: text)
        guard !terms.isEmpty else { return }
        try run(
            """
            DELETE FROM message_terms
            WHERE conversation = ?1 AND message = ?2 AND term IN (SELECT value FROM json_each(?3))
            """, [.integer(conversation), .integer(message), .text(try StoredJSON.text(terms))])
    }
}
