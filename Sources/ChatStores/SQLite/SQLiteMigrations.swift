import ChatBridge

/// The steps from an empty file to the current tables. A step never changes once it is released: every change is a new
/// step.
enum SQLiteMigrations {
    static let steps = [
        first, manyDialects, reprocessing, memberships, ownViews, search, deliveries, knownSince, starts, order, bounds,
        outboxJoined, outboxRemaining, watches, plainNames, needsMessage,
        itemHolders, readOnly, deadLetters, messageDeadlines, messageUsers, userRecords, searchTerms,
        pollEnds, stickerSets, messageCounts, webhooks, resumableUploads, mediaLists, idempotentRequests,
        sharedObjects, outboxTrace, userFiles,
    ]

    /// Brings the tables of `connection` up to date, each step a transaction.
    static func apply(to connection: SQLiteConnection) throws {
        let version = try connection.first("PRAGMA user_version") { $0.integer(0) } ?? 0
        guard version <= steps.count else {
            throw ChatError(.isNewer(version: version, known: steps.count))
        }
        for (index, step) in steps.enumerated().dropFirst(version) {
            try connection.transaction(durable: true) {
                try connection.execute(step)
                try connection.run("INSERT INTO migrations (number) VALUES (?)", [.integer(index + 1)])
                try connection.execute("PRAGMA user_version = \(index + 1)")
            }
        }
    }

    // Moments are milliseconds since 1970, UTC; lists and records are JSON.
    private static let first = """
        CREATE TABLE migrations (number INTEGER PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);

        CREATE TABLE users (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, images TEXT NOT NULL, user_type TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE conversations (
            number INTEGER PRIMARY KEY, dialect TEXT NOT NULL, id TEXT NOT NULL,
            pair TEXT, -- of a direct conversation: its two members in order, a line each
            name TEXT, settings TEXT NOT NULL, created_at INTEGER NOT NULL,
            UNIQUE (dialect, id)
        );
        CREATE UNIQUE INDEX conversations_pair ON conversations (dialect, pair) WHERE pair IS NOT NULL;

        CREATE TABLE members (
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE, user TEXT NOT NULL,
            unread INTEGER NOT NULL DEFAULT 0,
            read_up_to INTEGER NOT NULL DEFAULT 0, -- every message up to this number has been marked
            PRIMARY KEY (conversation, user)
        ) WITHOUT ROWID;
        CREATE INDEX members_user ON members (user);

        CREATE TABLE messages (
            number INTEGER PRIMARY KEY AUTOINCREMENT, dialect TEXT NOT NULL, id TEXT NOT NULL,
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
            sender TEXT NOT NULL, receiver TEXT, type TEXT NOT NULL, text TEXT NOT NULL,
            media TEXT, location TEXT, reply_to TEXT, forwarded_from TEXT,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER,
            UNIQUE (dialect, id)
        );
        CREATE INDEX messages_conversation ON messages (conversation, number);

        CREATE TABLE receipts (
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, user TEXT NOT NULL,
            read_at INTEGER NOT NULL, listened_at INTEGER,
            PRIMARY KEY (message, user)
        ) WITHOUT ROWID;

        CREATE TABLE hidden_messages (
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, user TEXT NOT NULL,
            PRIMARY KEY (message, user)
        ) WITHOUT ROWID;

        CREATE TABLE daily_counts (
            dialect TEXT NOT NULL, user TEXT NOT NULL, day INTEGER NOT NULL, -- days since 1970, UTC
            count INTEGER NOT NULL,
            PRIMARY KEY (dialect, user, day)
        ) WITHOUT ROWID;

        CREATE TABLE outbox (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, dialect TEXT NOT NULL, recipient TEXT NOT NULL,
            event TEXT NOT NULL, message TEXT, payload TEXT NOT NULL, except_socket TEXT,
            attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL
        );
        CREATE INDEX outbox_waiting ON outbox (recipient, sequence) WHERE not_before > 0;

        CREATE TABLE owned_media (
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, record TEXT NOT NULL, created_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE object_holders (
            object TEXT NOT NULL, holder TEXT NOT NULL, -- 'message:' and its number, 'media:' and its id
            PRIMARY KEY (object, holder)
        ) WITHOUT ROWID;
        CREATE INDEX object_holders_holder ON object_holders (holder);
        CREATE TABLE object_intents (object TEXT PRIMARY KEY, created_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE doomed_objects (object TEXT PRIMARY KEY) WITHOUT ROWID;
        """

    // What the other chat systems need: several attachments to a message, edits and reactions; uploads before messages;
    // lists of conversations; news for a whole conversation at once.
    private static let manyDialects = """
        UPDATE messages SET media = '[' || media || ']' WHERE media IS NOT NULL;
        ALTER TABLE messages ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE messages ADD COLUMN edited_at INTEGER;
        CREATE INDEX messages_time ON messages (conversation, created_at);

        CREATE TABLE reactions (
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE, user TEXT NOT NULL, emoji TEXT NOT NULL,
            name TEXT, created_at INTEGER NOT NULL,
            PRIMARY KEY (message, user, emoji)
        ) WITHOUT ROWID;

        ALTER TABLE conversations ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
        UPDATE conversations SET updated_at = max(
            created_at, coalesce((SELECT max(created_at) FROM messages WHERE conversation = conversations.number), 0));

        ALTER TABLE owned_media ADD COLUMN dialect TEXT;
        ALTER TABLE owned_media ADD COLUMN conversation TEXT;

        CREATE TABLE upload_tickets (
            dialect TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, conversation TEXT, object TEXT NOT NULL,
            mime_type TEXT NOT NULL, file_size INTEGER NOT NULL, original_name TEXT, expires INTEGER NOT NULL,
            PRIMARY KEY (dialect, id)
        ) WITHOUT ROWID;
        CREATE INDEX upload_tickets_expires ON upload_tickets (expires);

        CREATE TABLE claimed_tokens (
            dialect TEXT NOT NULL, token TEXT NOT NULL, expires INTEGER NOT NULL,
            PRIMARY KEY (dialect, token)
        ) WITHOUT ROWID;
        CREATE INDEX claimed_tokens_expires ON claimed_tokens (expires);

        ALTER TABLE outbox ADD COLUMN audience TEXT NOT NULL DEFAULT 'user'; -- 'user' or 'members'
        """

    // What a dialect keeps of a member of a conversation.
    private static let memberships = """
        ALTER TABLE members ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
        """
}
