import ChatBridge

extension SQLiteMigrations {
    /// Jobs that make derivatives again.
    static let reprocessing = """
        CREATE TABLE reprocess_jobs (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, origin TEXT NOT NULL, specification TEXT NOT NULL,
            idempotency_key TEXT UNIQUE, state TEXT NOT NULL,
            cursor TEXT, is_filled INTEGER NOT NULL DEFAULT 0, -- what was selected so far, and whether it is all
            runner TEXT, held_until INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER
        );

        CREATE TABLE reprocess_items (
            number INTEGER PRIMARY KEY, job INTEGER NOT NULL REFERENCES reprocess_jobs ON DELETE CASCADE,
            object TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
            attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,
            code TEXT, reason TEXT,
            reserved TEXT, -- the object that is being written for it
            UNIQUE (job, object)
        );
        CREATE INDEX reprocess_items_state ON reprocess_items (job, state, not_before, number);
        """
}
