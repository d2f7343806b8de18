extension SQLiteMigrations {
    // Several processes may process the items of a job: each item knows who has begun it. So far that was the runner of the job.
    // `not_before` is an uptime of the process that has the job, or a delay that has not begun, as a negative number.
    static let itemHolders = """
        ALTER TABLE reprocess_items ADD COLUMN holder TEXT;
        ALTER TABLE reprocess_items ADD COLUMN holder_start INTEGER NOT NULL DEFAULT 0; -- the start of the holder's process
        """
}
