import ChatBridge

extension SQLiteMigrations {
    // Who reserved, claimed or leased something is a start (see `StoreStart`); how long ago is that start's own uptime, in
    // milliseconds. No wall clock decides what is deleted, who has a lease or what comes first.
    static let starts = """
        CREATE TABLE starts (number INTEGER PRIMARY KEY AUTOINCREMENT);

        -- Reserved by `start` at its uptime `since`. With `lifetime`: until the uptime `keep_until`, whoever lives then; before
        -- there were starts, that was said of tickets by a date in the future.
        ALTER TABLE object_intents ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE object_intents ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE object_intents ADD COLUMN lifetime INTEGER;
        ALTER TABLE object_intents ADD COLUMN keep_until INTEGER;
        ALTER TABLE object_intents ADD COLUMN unused_after INTEGER; -- uptime at which it is looked whether it was used
        UPDATE object_intents SET lifetime = 86400000, keep_until = 86400000, unused_after = 3600000
        WHERE object IN (SELECT object FROM upload_tickets);
        CREATE INDEX upload_tickets_owner ON upload_tickets (dialect, owner);
        CREATE INDEX upload_tickets_object ON upload_tickets (object);

        ALTER TABLE doomed_objects ADD COLUMN claim INTEGER; -- the start that deletes it: it can gain no reference any more
        ALTER TABLE doomed_objects ADD COLUMN rechecks INTEGER NOT NULL DEFAULT 0; -- how often it is deleted again later
        CREATE TABLE deletion_rechecks ( -- deleted, but a write may still arrive
            object TEXT PRIMARY KEY, start INTEGER NOT NULL, due INTEGER NOT NULL, rechecks INTEGER NOT NULL
        ) WITHOUT ROWID;

        ALTER TABLE owned_media ADD COLUMN start INTEGER NOT NULL DEFAULT 0; -- since whose uptime it waits to be shown
        ALTER TABLE owned_media ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

        ALTER TABLE outbox ADD COLUMN start INTEGER NOT NULL DEFAULT 0; -- that wrote it
        ALTER TABLE outbox ADD COLUMN waits_in INTEGER NOT NULL DEFAULT 0; -- the start whose uptime `not_before` is
        DROP INDEX outbox_waiting;
        UPDATE outbox SET not_before = 0;
        CREATE INDEX outbox_waiting ON outbox (dialect, audience, recipient, sequence) WHERE not_before > 0;

        ALTER TABLE reprocess_jobs ADD COLUMN runner_start INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE reprocess_jobs ADD COLUMN beat INTEGER NOT NULL DEFAULT 0; -- signs of life of its runner
        UPDATE reprocess_items SET not_before = 0;

        ALTER TABLE conversations ADD COLUMN activity INTEGER NOT NULL DEFAULT 0; -- the order of what last happened
        UPDATE conversations SET activity = ranked.rank FROM (
            SELECT number, row_number() OVER (ORDER BY updated_at, number) AS rank FROM conversations) AS ranked
        WHERE ranked.number = conversations.number;
        CREATE INDEX conversations_activity ON conversations (activity);

        ALTER TABLE reactions ADD COLUMN place INTEGER NOT NULL DEFAULT 0; -- the order of coming, within a message
        UPDATE reactions SET place = ranked.rank FROM (
            SELECT message, user, emoji, row_number() OVER (PARTITION BY message ORDER BY created_at, user) AS rank
            FROM reactions) AS ranked
        WHERE ranked.message = reactions.message AND ranked.user = reactions.user AND ranked.emoji = reactions.emoji;
        """
}
