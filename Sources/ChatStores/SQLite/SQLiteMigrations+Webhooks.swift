import ChatBridge

extension SQLiteMigrations {
    // Where webhooks are sent, and those that wait or were given up. An endpoint's content is JSON.
    static let webhooks = """
        CREATE TABLE webhook_endpoints (
            id TEXT PRIMARY KEY, content TEXT NOT NULL, created_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE webhook_deliveries (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, event TEXT NOT NULL, kind TEXT NOT NULL,
            dialect TEXT, subject TEXT NOT NULL, payload TEXT NOT NULL, created_at INTEGER NOT NULL,
            queued_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, reason TEXT,
            failed_at INTEGER, -- when it was given up; NULL while it waits
            not_before INTEGER NOT NULL DEFAULT 0, -- by the uptime of the start `waits_in`
            waits_in INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint, sequence) WHERE failed_at IS NULL;
        CREATE INDEX webhook_deliveries_retries ON webhook_deliveries (endpoint, subject, sequence)
            WHERE failed_at IS NULL AND not_before > 0;
        CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (endpoint, sequence) WHERE failed_at IS NOT NULL;
        """
}
