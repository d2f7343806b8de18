import ChatBridge

extension SQLiteMigrations {
    // Requests with an idempotency key, for a day. Who performs one, what it has made and its answer are JSON.
    static let idempotentRequests = """
        CREATE TABLE idempotent_requests (
            id TEXT PRIMARY KEY, -- the digest of caller and key
            caller TEXT NOT NULL, expires INTEGER NOT NULL, content TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX idempotent_requests_caller ON idempotent_requests (caller);
        CREATE INDEX idempotent_requests_expires ON idempotent_requests (expires);

        -- What requests have made: answers are erased with it.
        CREATE TABLE idempotent_things (
            thing TEXT NOT NULL, request TEXT NOT NULL REFERENCES idempotent_requests ON DELETE CASCADE,
            PRIMARY KEY (thing, request)
        ) WITHOUT ROWID;
        CREATE INDEX idempotent_things_request ON idempotent_things (request);
        """
}
