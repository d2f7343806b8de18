import ChatBridge

extension SQLiteMigrations {
    // What a user cannot receive, not having joined its conversation, holds up only what else waits for them to join it.
    static let outboxJoined = """
        ALTER TABLE outbox ADD COLUMN joined TEXT NOT NULL DEFAULT ''; -- the conversation to have joined; '' where none
        UPDATE outbox SET joined = coalesce(json_extract(payload, '$.chatId'), '')
        WHERE dialect = 'imagekit' AND event <> 'unread_message';
        UPDATE outbox SET joined = coalesce(json_extract(payload, '$.chatRoomId'), '') WHERE dialect = 'rooms';
        DROP INDEX outbox_waiting;
        CREATE INDEX outbox_waiting ON outbox (dialect, audience, recipient, joined, sequence) WHERE not_before > 0;
        """

    // An entry for the members of a conversation that some of them have as entries of their own is no longer for those.
    static let outboxRemaining = """
        ALTER TABLE outbox ADD COLUMN remaining TEXT; -- the members that it is still for; NULL: all
        """

    static let outboxTrace = """
        ALTER TABLE outbox ADD COLUMN trace TEXT; -- traceparent of the request that caused it; NULL: none
        """
}
