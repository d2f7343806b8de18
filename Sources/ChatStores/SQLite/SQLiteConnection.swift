import CSQLite
import ChatBridge

/// One connection to a database file; not to be shared between threads.
final class SQLiteConnection {
    let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var isDurable = true
    private var isLocked = false

    /// How long to wait for another process that has locked the database, in milliseconds: a short time where the last attempt
    /// failed, so that the calls that queue up meanwhile fail fast.
    private static let (busyTimeout, shortBusyTimeout): (Int32, Int32) = (2_000, 20)

    /// Opens, or creates, the file at `path`.
    /// - Parameter isReader: whether nothing is written by this connection, and the file is there.
    /// - Throws: ``SQLiteError``.
    init(path: String, isReader: Bool = false) throws {
        var opened: OpaquePointer?
        // One thread at a time uses it: SQLite's own locks are not needed. A reader of a log that is written ahead writes the file of
        // shared memory beside it.
        let flags =
            SQLITE_OPEN_READWRITE | (isReader ? 0 : SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let message = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message, statement: nil)
        }
        handle = opened
        sqlite3_busy_timeout(handle, Self.busyTimeout)
        Self.addFold(to: handle)
        try execute(
            isReader
                ? "PRAGMA query_only = ON"
                : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    }

    // Statements that live longer keep the file open until they end.
    deinit { sqlite3_close_v2(handle) }

    /// Has `handler` called while a statement runs, which it ends by another result than 0.
    func setProgressHandler(
        instructions: Int32, context: UnsafeMutableRawPointer?,
        handler: (@convention(c) (UnsafeMutableRawPointer?) -> Int32)?
    ) {
        sqlite3_progress_handler(handle, instructions, handler, context)
    }

    /// Runs statements that have neither values nor result.
    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(sql) }
    }

    /// Runs one statement.
    func run(_ sql: String, _ values: [SQLiteValue] = []) throws { try prepared(sql).run(values) { _ in } }

    /// Runs one statement; whether it changed any row.
    @discardableResult
    func change(_ sql: String, _ values: [SQLiteValue] = []) throws -> Int {
        try run(sql, values)
        return Int(sqlite3_changes64(handle))
    }

    /// The rows of a query.
    func rows<Row>(_ sql: String, _ values: [SQLiteValue] = [], _ row: (SQLiteStatement) throws -> Row) throws -> [Row]
    {
        var result: [Row] = []
        try prepared(sql).run(values) { result.append(try row($0)) }
        return result
    }

    /// The first row of a query.
    func first<Row>(_ sql: String, _ values: [SQLiteValue] = [], _ row: (SQLiteStatement) throws -> Row) throws -> Row?
    {
        try rows(sql, values, row).first
    }

    /// The number of the row inserted last.
    var lastRow: Int { Int(sqlite3_last_insert_rowid(handle)) }

    /// Performs `body` as one transaction: all of it or, when it throws, nothing. A durable one is on disk when this returns;
    /// another survives the end of the process, but perhaps not a power failure.
    /// - Parameter unlessReadOnly: whether it fails where the store is read-only, see ``isReadOnly``.
    /// - Throws: ``SQLiteError``; `ChatError` with `StoreError.readOnly`; what `body` throws.
    func transaction<Result>(
        durable: Bool, unlessReadOnly: Bool = false, _ body: () throws -> Result
    ) throws -> Result {
        if durable != isDurable {
            try execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
            isDurable = durable
        }
        try begin()
        do {
            if unlessReadOnly, try isReadOnly { throw ChatError(.readOnly) }
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // Some errors have rolled back already. Where this fails, the transaction stays open, and the next one cannot begin.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Whether the store is being moved to another engine, or was: then nothing is written to it any more.
    var isReadOnly: Bool {
        get throws { try first("SELECT 1 FROM read_only LIMIT 1") { _ in true } ?? false }
    }

    private func begin() throws {
        do {
            try run("BEGIN IMMEDIATE")
            if isLocked { sqlite3_busy_timeout(handle, Self.busyTimeout) }
            isLocked = false
        } catch let error as SQLiteError where error.code & 0xFF == SQLITE_BUSY {
            sqlite3_busy_timeout(handle, Self.shortBusyTimeout)
            isLocked = true
            throw error
        }
    }

    private func prepared(_ sql: String) throws -> SQLiteStatement {
        if let statement = statements[sql] { return statement }
        guard let statement = SQLiteStatement(compiling: sql, for: handle) else { throw error(sql) }
        statements[sql] = statement
        return statement
    }

    private func error(_ sql: String) -> SQLiteError {
        SQLiteError(
            code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)), statement: sql)
    }
}
