import ChatBridge

extension SQLiteMigrations {
    // Events that could not be delivered, with the columns of `outbox` that they are written back with.
    static let deadLetters = """
        CREATE TABLE dead_letters (
            number INTEGER PRIMARY KEY, -- the sequence that it had in the outbox
            dialect TEXT NOT NULL, recipient TEXT NOT NULL, audience TEXT NOT NULL, event TEXT NOT NULL, message TEXT,
            payload TEXT NOT NULL, except_socket TEXT, joined TEXT NOT NULL, remaining TEXT, attempts INTEGER NOT NULL,
            created_at INTEGER NOT NULL, failed_at INTEGER NOT NULL, reason TEXT NOT NULL
        );
        """
}
