public import ChatBridge
import Foundation
import MediaModel

extension SQLiteChatStore {
    /// See ``MediaRepository``.
    public func media(
        matching filter: MediaFilter, after position: MediaPosition?, limit: Int
    ) throws -> [MediaItem] {
        var (conditions, values): ([String], [SQLiteValue]) = ([], [])
        func require(_ condition: String, _ value: SQLiteValue) {
            values.append(value)
            conditions.append(condition + " ?\(values.count)")
        }
        if let owner = filter.owner { require("owner =", .text(owner)) }
        if let kind = filter.kind { require("json_extract(record, '$.kind') =", .text(kind.rawValue)) }
        if let dialect = filter.dialect {
            if dialect == .native {
                conditions.append("dialect IS NULL")
            } else {
                require("dialect =", .text(dialect.rawValue))
            }
        }
        if let since = filter.since { require("created_at >=", .integer(since.milliseconds)) }
        if let before = filter.before { require("created_at <", .integer(before.milliseconds)) }
        if let position {
            values += [.integer(position.createdAt.milliseconds), .text(position.id)]
            conditions.append("(created_at, id) < (?\(values.count - 1), ?\(values.count))")
        }
        values.append(.integer(max(limit, 0)))
        let condition = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
        return try translate {
            try listedMedia(
                where: "\(condition) ORDER BY created_at DESC, id DESC LIMIT ?\(values.count)", values)
        }
    }
}
