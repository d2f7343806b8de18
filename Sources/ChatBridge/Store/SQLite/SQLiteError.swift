import CSQLite

/// What SQLite said when it refused.
struct SQLiteError: Error, Sendable {
    /// The extended result code.
    let code: Int32
    let message: String
    /// The statement, without its values.
    let statement: String?
}

/// A value as SQLite keeps it.
enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int)
    case text(String)

    init(_ value: String?) { self = value.map(SQLiteValue.text) ?? .null }
    init(_ value: Int?) { self = value.map(SQLiteValue.integer) ?? .null }
}

extension SQLiteValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    init(integerLiteral value: Int) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
}
