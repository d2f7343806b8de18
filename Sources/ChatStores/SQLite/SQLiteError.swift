import CSQLite
import ChatBridge

/// An error of SQLite.
struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The extended result code.
    let code: Int32
    let message: String
    /// The statement, without its values.
    let statement: String?

    var description: String { "SQLite\(statement.map { " (\($0))" } ?? ""): \(message) (\(code))" }
}

/// A value of a column or parameter.
package enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int)
    case text(String)

    init(_ value: String?) { self = value.map(SQLiteValue.text) ?? .null }
    init(_ value: Int?) { self = value.map(SQLiteValue.integer) ?? .null }
}

extension SQLiteValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
}
