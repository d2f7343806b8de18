import ChatBridge

extension SQLiteMigrations {
    // Nothing that comes and goes leaves rows for ever, and nothing that is looked for regularly is found by reading a whole
    // table.
    static let bounds = """
        ALTER TABLE messages ADD COLUMN deletion INTEGER; -- which of the conversation's deletions for all it was
        UPDATE messages SET deletion = ranked.rank FROM (
            SELECT number, row_number() OVER (PARTITION BY conversation ORDER BY deleted_at, number) AS rank
            FROM messages WHERE deleted_at IS NOT NULL) AS ranked
        WHERE ranked.number = messages.number;
        CREATE INDEX messages_deletion ON messages (conversation, deletion) WHERE deletion IS NOT NULL;
        CREATE INDEX outbox_message ON outbox (dialect, message) WHERE message IS NOT NULL;
        DELETE FROM messages WHERE deletion <= -50 + (
            SELECT max(deletion) FROM messages AS other
            WHERE other.conversation = messages.conversation AND other.deletion IS NOT NULL)
        AND NOT EXISTS (
            SELECT 1 FROM outbox WHERE outbox.dialect = messages.dialect AND outbox.message = messages.id);

        CREATE INDEX object_intents_age ON object_intents (start, keep_until, since);
        CREATE INDEX object_intents_unused ON object_intents (start, unused_after) WHERE unused_after IS NOT NULL;

        -- Whether it may be that no message shows it. Whoever looks finds out, and clears it; a message that goes sets it.
        ALTER TABLE owned_media ADD COLUMN waits INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX owned_media_waiting ON owned_media (start, since) WHERE waits = 1;
        CREATE TRIGGER object_holders_message AFTER DELETE ON object_holders WHEN OLD.holder LIKE 'message:%' BEGIN
            UPDATE owned_media SET waits = 1 WHERE id IN (
                SELECT substr(holder, 7) FROM object_holders WHERE object = OLD.object AND holder LIKE 'media:%');
        END;
        """
}
