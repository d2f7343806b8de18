extension SQLiteMigrations {
    // Media by what lists of them select, each with the time of creation behind it.
    static let mediaLists = """
        CREATE INDEX media_items_age ON media_items (created_at, id);
        CREATE INDEX media_items_owner_age ON media_items (owner, created_at, id);
        CREATE INDEX media_items_kind_age ON media_items (json_extract(record, '$.kind'), created_at, id);
        """
}
