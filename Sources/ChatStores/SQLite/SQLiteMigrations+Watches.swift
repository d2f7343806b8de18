import ChatBridge

extension SQLiteMigrations {
    // Where clients may write by URLs of their own, for as long as they can; and used tokens by the start that remembers them.
    static let watches = """
        CREATE TABLE watched_uploads (
            object TEXT PRIMARY KEY, start INTEGER NOT NULL,
            until INTEGER NOT NULL, -- the uptime of `start` at which nothing can be written there any more
            lifetime INTEGER NOT NULL -- how long after the URL was given that is
        ) WITHOUT ROWID;
        CREATE INDEX watched_uploads_until ON watched_uploads (start, until);
        -- Of those that are open, no more is known than how long any may last.
        INSERT OR IGNORE INTO watched_uploads (object, start, until, lifetime)
            SELECT object, 0, 0, 90600000 FROM upload_tickets;

        DROP INDEX claimed_tokens_expires;
        CREATE INDEX claimed_tokens_start ON claimed_tokens (start, keep_until);
        """
}
