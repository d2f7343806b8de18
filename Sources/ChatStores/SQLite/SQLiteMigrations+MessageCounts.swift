import ChatBridge

extension SQLiteMigrations {
    /// How many numbers of messages the blocks have that messages are counted in, the largest first. Each is a multiple of the next.
    static let blockSizes = [1_048_576, 32_768, 1_024]

    // How many messages of a conversation, and how many that a user has hidden, have numbers in a block: so a page's total and place
    // are found without reading messages. Triggers keep what follows from messages; what users hide is counted where they hide it,
    // because a trigger for each message takes longer than hiding all of them.
    static let messageCounts = """
        CREATE TABLE message_counts ( -- only where there are any
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
            size INTEGER NOT NULL, block INTEGER NOT NULL, -- the messages whose numbers divided by the size are the block
            count INTEGER NOT NULL,
            PRIMARY KEY (conversation, size, block)
        ) WITHOUT ROWID;
        CREATE TABLE hidden_counts ( -- only where there are any
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE, user TEXT NOT NULL,
            size INTEGER NOT NULL, block INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (conversation, user, size, block)
        ) WITHOUT ROWID;
        \(blockSizes.map(fill).joined(separator: "\n"))

        CREATE TRIGGER message_counts_insert AFTER INSERT ON messages BEGIN
            \(blockSizes.map(add).joined(separator: "\n"))
        END;
        -- Before the deletion, and so while it is known who has hidden the message.
        CREATE TRIGGER message_counts_delete BEFORE DELETE ON messages BEGIN
            \(blockSizes.map(subtract).joined(separator: "\n"))
        END;
        CREATE TRIGGER message_counts_move AFTER UPDATE OF conversation ON messages
            WHEN NEW.conversation <> OLD.conversation BEGIN
            \(blockSizes.map(subtract).joined(separator: "\n"))
            \(blockSizes.map(add).joined(separator: "\n"))
            \(blockSizes.map(addHidden).joined(separator: "\n"))
        END;
        """

    private static func fill(_ size: Int) -> String {
        """
        INSERT INTO message_counts SELECT conversation, \(size), number / \(size), count(*)
            FROM messages GROUP BY conversation, number / \(size);
        INSERT INTO hidden_counts SELECT m.conversation, h.user, \(size), m.number / \(size), count(*)
            FROM hidden_messages AS h CROSS JOIN messages AS m ON m.number = h.message
            GROUP BY m.conversation, h.user, m.number / \(size);
        """
    }

    private static func add(_ size: Int) -> String {
        """
        INSERT INTO message_counts (conversation, size, block, count)
            VALUES (NEW.conversation, \(size), NEW.number / \(size), 1) ON CONFLICT DO UPDATE SET count = count + 1;
        """
    }

    private static func addHidden(_ size: Int) -> String {
        """
        INSERT INTO hidden_counts (conversation, user, size, block, count)
            SELECT NEW.conversation, user, \(size), NEW.number / \(size), 1 FROM hidden_messages WHERE message = NEW.number
            ON CONFLICT DO UPDATE SET count = count + 1;
        """
    }

    private static func subtract(_ size: Int) -> String {
        let block = "conversation = OLD.conversation AND size = \(size) AND block = OLD.number / \(size)"
        let users = "user IN (SELECT user FROM hidden_messages WHERE message = OLD.number)"
        return """
            UPDATE message_counts SET count = count - 1 WHERE \(block);
            DELETE FROM message_counts WHERE \(block) AND count <= 0;
            UPDATE hidden_counts SET count = count - 1 WHERE \(block) AND \(users);
            DELETE FROM hidden_counts WHERE \(block) AND \(users) AND count <= 0;
            """
    }
}
