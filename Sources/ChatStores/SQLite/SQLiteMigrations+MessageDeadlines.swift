extension SQLiteMigrations {
    // Messages that are deleted by themselves at a date that is known; their details say why.
    static let messageDeadlines = """
        CREATE TABLE message_deadlines (
            message INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
            dialect TEXT NOT NULL, due_at INTEGER NOT NULL -- milliseconds since 1970
        );
        CREATE INDEX message_deadlines_due ON message_deadlines (dialect, due_at);
        """
}
