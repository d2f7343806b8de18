extension SQLiteMigrations {
    // The dialect decides which files need a message, when it stores them. So far these were the files of some dialects.
    static let needsMessage = """
        ALTER TABLE media_items ADD COLUMN needs_message INTEGER NOT NULL DEFAULT 0;
        UPDATE media_items SET needs_message = 1
        WHERE dialect = 'signalr' OR dialect IN ('imagekit', 'intok') AND conversation IS NOT NULL;
        UPDATE media_items SET waits = 0 WHERE NOT needs_message;
        """
}
