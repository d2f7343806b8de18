import CSQLite
import ChatBridge

/// A prepared statement; finalized with the last reference.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let sql: String

    /// Compiles `sql`; `nil` when that fails, and the connection has the error.
    init?(compiling sql: String, for connection: OpaquePointer) {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(connection, sql, -1, flags, &prepared, nil) == SQLITE_OK, let prepared else {
            return nil
        }
        handle = prepared
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs the statement with `values` and calls `row` for each row of its result.
    func run(_ values: [SQLiteValue], row: (SQLiteStatement) throws -> Void) throws {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in values.enumerated() { try check(bind(value, at: Int32(index + 1))) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try row(self)
            case SQLITE_DONE: return
            case let code: try check(code)
            }
        }
    }

    // The columns of the current row, from 0.

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    func optionalInteger(_ column: Int32) -> Int? { isNull(column) ? nil : integer(column) }

    func text(_ column: Int32) -> String { optionalText(column) ?? "" }

    func optionalText(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(handle, column) else { return nil }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// The id of a user. One from before ids had a form is escaped: no caller's id is equal to it.
    func user(_ column: Int32) -> String { ChatIdentifier.escaped(text(column)) }

    /// The same, where there may be none.
    func optionalUser(_ column: Int32) -> String? { optionalText(column).map(ChatIdentifier.escaped) }

    private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let value): return sqlite3_bind_int64(handle, index, Int64(value))
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // SQLite treats a missing pointer as NULL; an empty string has to stay one.
                    guard let start = characters.baseAddress else {
                        return darkroom_sqlite_bind_text(handle, index, "", 0)
                    }
                    return darkroom_sqlite_bind_text(handle, index, start, Int32(characters.count))
                }
            }
        }
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw SQLiteError(
            code: code, message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))), statement: sql)
    }
}
