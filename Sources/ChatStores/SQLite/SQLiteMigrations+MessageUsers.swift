import ChatBridge

extension SQLiteMigrations {
    // Lists of messages: replies, and those that mention a user or that a user has bookmarked. The users are named in the details of
    // messages; triggers keep the table as the details are.
    static let messageUsers = """
        CREATE TABLE message_users (
            user TEXT NOT NULL, kind TEXT NOT NULL, -- 'mentions' or 'bookmarks'
            message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
            PRIMARY KEY (user, kind, message)
        ) WITHOUT ROWID;
        CREATE INDEX message_users_message ON message_users (message);
        \(addUsers("messages AS changed", where: "changed.details <> '{}'"))
        CREATE TRIGGER message_users_insert AFTER INSERT ON messages WHEN NEW.details <> '{}' BEGIN
            \(addUsers("(SELECT NEW.number AS number, NEW.details AS details) AS changed"))
        END;
        CREATE TRIGGER message_users_update AFTER UPDATE OF details ON messages WHEN NEW.details IS NOT OLD.details BEGIN
            DELETE FROM message_users WHERE message = NEW.number;
            \(addUsers("(SELECT NEW.number AS number, NEW.details AS details) AS changed"))
        END;
        CREATE INDEX messages_reply_to ON messages (reply_to, number) WHERE reply_to IS NOT NULL;
        """

    /// Adds the users that the details of messages name, as objects with a member `user` or as texts.
    private static func addUsers(_ source: String, where condition: String = "true") -> String {
        ["mentions", "bookmarks"].map { kind in
            """
            INSERT OR IGNORE INTO message_users (user, kind, message)
                SELECT named.user, '\(kind)', named.number FROM (
                    SELECT changed.number AS number, CASE entry.type WHEN 'object' THEN json_extract(entry.value, '$.user')
                        WHEN 'text' THEN entry.value END AS user
                    FROM \(source) CROSS JOIN json_each(changed.details, '$.\(kind)') AS entry WHERE \(condition)
                ) AS named
                WHERE named.user IS NOT NULL;
            """
        }.joined(separator: "\n")
    }
}
