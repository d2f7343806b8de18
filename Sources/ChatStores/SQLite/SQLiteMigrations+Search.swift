import ChatBridge

extension SQLiteMigrations {
    // What a member of a chat of `imagekit` does for themselves alone was kept among the conversation's settings, where it
    // counted as a change for all. Of texts that are not ASCII, the form that searches compare: `fold` is this program's.
    static let search = """
        UPDATE members SET details = json_set(details, '$.archived', json('true')) WHERE EXISTS (
            SELECT 1 FROM conversations AS c, json_each(c.settings, '$.archivedBy') AS own
            WHERE c.number = members.conversation AND c.dialect = 'imagekit' AND own.value = members.user);
        UPDATE members SET is_hidden = 1 WHERE EXISTS (
            SELECT 1 FROM conversations AS c, json_each(c.settings, '$.deletedBy') AS own
            WHERE c.number = members.conversation AND c.dialect = 'imagekit' AND own.value = members.user)
        AND NOT EXISTS (
            SELECT 1 FROM messages AS m WHERE m.conversation = members.conversation AND NOT EXISTS (
                SELECT 1 FROM hidden_messages WHERE message = m.number AND user = members.user));
        UPDATE conversations SET settings = json_remove(settings, '$.archivedBy', '$.deletedBy')
            WHERE dialect = 'imagekit';

        ALTER TABLE messages ADD COLUMN folded TEXT; -- NULL where it is the text in lower case
        UPDATE messages SET folded = fold(text) WHERE text GLOB '*[^ -~]*';
        """
}
