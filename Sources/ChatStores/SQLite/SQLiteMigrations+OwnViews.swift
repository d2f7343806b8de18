import ChatBridge

extension SQLiteMigrations {
    // What users see for themselves alone, and what is known of them beyond their names: conversations that they put away;
    // languages, countries and the like.
    static let ownViews = """
        ALTER TABLE members ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE users ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
        """
}
