import ChatBridge

extension SQLiteMigrations {
    // The sticker sets that a chat server provides; `content` is JSON, `search` the text in which a search finds them.
    static let stickerSets = """
        CREATE TABLE sticker_sets (
            dialect TEXT NOT NULL, id TEXT NOT NULL, category TEXT, search TEXT NOT NULL, content TEXT NOT NULL,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
            PRIMARY KEY (dialect, id)
        ) WITHOUT ROWID;
        CREATE INDEX sticker_sets_age ON sticker_sets (dialect, created_at, id);
        """
}
