extension SQLiteMigrations {
    // Polls by the time at which they end by themselves, which the details of a message have while its poll is active.
    static let pollEnds = """
        CREATE INDEX messages_poll_end ON messages (dialect, json_extract(details, '$.pollEnd'))
            WHERE json_extract(details, '$.pollEnd') IS NOT NULL;
        """
}
