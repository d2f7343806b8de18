import ChatBridge

extension SQLiteMigrations {
    // Uploads that may be continued; `content` is JSON. `counted_bytes` is NULL where an upload does not count for its owner.
    static let resumableUploads = """
        CREATE TABLE resumable_uploads (
            dialect TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, counted_bytes INTEGER,
            created_at INTEGER NOT NULL, expires INTEGER NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL,
            PRIMARY KEY (dialect, id)
        ) WITHOUT ROWID;
        CREATE INDEX resumable_uploads_owner ON resumable_uploads (dialect, owner) WHERE counted_bytes IS NOT NULL;
        CREATE INDEX resumable_uploads_expires ON resumable_uploads (expires);
        """
}
