import ChatBridge

extension SQLiteMigrations {
    // Orders of what happened, and how long a used token is remembered, without the wall clock. What was there before keeps
    // the order in which it was listed; its places are below every one that is given from now on.
    static let order = """
        -- The `activity` that its last message gave it; where nothing was said, that of its making.
        ALTER TABLE conversations ADD COLUMN last_said INTEGER NOT NULL DEFAULT 0;
        UPDATE conversations SET last_said = ranked.rank FROM (
            SELECT number, row_number() OVER (ORDER BY coalesce(
                (SELECT max(created_at) FROM messages WHERE conversation = c.number), created_at), number) AS rank
            FROM conversations AS c) AS ranked
        WHERE ranked.number = conversations.number;

        ALTER TABLE deliveries ADD COLUMN place INTEGER NOT NULL DEFAULT 0; -- the order of coming, within a message

        -- Forgotten after the date at which the token ends, and not before the uptime `keep_until` of `start`, which is
        -- `lifetime` after it was used. Of what was used before, no more is known than how long a token may live.
        ALTER TABLE claimed_tokens ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE claimed_tokens ADD COLUMN lifetime INTEGER NOT NULL DEFAULT 3600000;
        ALTER TABLE claimed_tokens ADD COLUMN keep_until INTEGER NOT NULL DEFAULT 0;
        """
}
