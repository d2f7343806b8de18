extension SQLiteMigrations {
    // A store that is being moved, or was moved, to another engine is read and not written any more. At most one row.
    static let readOnly = """
        CREATE TABLE read_only (
            migration TEXT PRIMARY KEY, -- what the copies in the other engine name
            ended_at INTEGER -- when everything was copied and compared; NULL before
        ) WITHOUT ROWID;
        """
}
