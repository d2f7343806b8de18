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
}
