import CSQLite

extension SQLiteConnection {
    /// Copies the database as it is at one moment to the file `path`, which must not exist, by SQLite's backup interface
    /// (sqlite.org/backup.html). All pages are copied in one step, within which no other connection's changes are seen; these go on
    /// in the write-ahead log.
    /// - Throws: ``SQLiteError``.
    func copy(to path: String) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        defer { sqlite3_close_v2(opened) }
        func check(_ code: Int32) throws {
            guard code != SQLITE_OK, code != SQLITE_DONE else { return }
            throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code)), statement: nil)
        }
        try check(code)
        guard let target = opened, let backup = sqlite3_backup_init(target, "main", handle, "main") else {
            throw SQLiteError(
                code: sqlite3_extended_errcode(opened), message: String(cString: sqlite3_errmsg(opened)), statement: nil
            )
        }
        let copied = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        try check(copied)
        try check(finished)
        // One file, without a log beside it.
        try check(sqlite3_exec(target, "PRAGMA journal_mode = DELETE", nil, nil, nil))
    }
}
