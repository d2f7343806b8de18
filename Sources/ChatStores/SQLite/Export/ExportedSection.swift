import ChatBridge
import JSON

/// A table that is exported page by page, in the order of its key.
struct ExportedSection {
    /// A column of the key.
    enum Key {
        case text(String)
        case integer(String)

        var column: String {
            switch self {
            case .text(let name), .integer(let name): name
            }
        }
    }

    let table: String
    let key: [Key]
    /// The columns beside those of the key.
    let columns: String

    init(_ table: String, key: Key..., columns: String) {
        (self.table, self.key, self.columns) = (table, key, columns)
    }

    /// The records after `cursor`. The columns of a row are those of the key, and the others.
    func page(
        _ connection: SQLiteConnection, after cursor: JSONValue?, limit: Int,
        _ record: (SQLiteStatement) throws -> MigrationRecord
    ) throws -> MigrationPage {
        let names = key.map(\.column).joined(separator: ", ")
        let values = (cursor?.arrayValue ?? []).map { value in
            value.integerValue.map(SQLiteValue.integer) ?? .text(value.stringValue ?? "")
        }
        let placeholders = values.map { _ in "?" }.joined(separator: ", ")
        let condition = values.isEmpty ? "" : "WHERE (\(names)) > (\(placeholders))"
        let all = columns.isEmpty ? names : names + ", " + columns
        let rows = try connection.rows(
            "SELECT \(all) FROM \(table) \(condition) ORDER BY \(names) LIMIT ?", values + [.integer(limit)]
        ) { row in (record: try record(row), cursor: cursorValue(row)) }
        return MigrationPage(records: rows.map(\.record), next: rows.count < limit ? nil : rows.last?.cursor)
    }

    private func cursorValue(_ row: SQLiteStatement) -> JSONValue {
        .array(
            key.enumerated().map { index, key -> JSONValue in
                switch key {
                case .text: .string(row.text(Int32(index)))
                case .integer: .integer(row.integer(Int32(index)))
                }
            })
    }
}
