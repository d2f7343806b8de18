import ChatBridge

extension SQLiteMigrations {
    // Whom messages have reached, and when users were last seen.
    static let deliveries = """
        CREATE TABLE deliveries (
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, user TEXT NOT NULL,
            delivered_at INTEGER NOT NULL,
            PRIMARY KEY (message, user)
        ) WITHOUT ROWID;

        CREATE TABLE last_seen (
            dialect TEXT NOT NULL, user TEXT NOT NULL, seen_at INTEGER NOT NULL,
            PRIMARY KEY (dialect, user)
        ) WITHOUT ROWID;
        """

    // When users were first known; of those who are there, no earlier moment is known than this.
    static let knownSince = """
        ALTER TABLE users ADD COLUMN known_since INTEGER NOT NULL DEFAULT 0;
        UPDATE users SET known_since = CAST(strftime('%s', 'now') AS INTEGER) * 1000;
        """
}
