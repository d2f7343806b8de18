import ChatBridge
import Foundation

extension SQLiteChatStore {
    /// The page of a search.
    func find(_ search: MessageSearch, in dialect: Dialect, viewer: String) throws -> MessageList {
        try translate {
            let query = SearchQuery(search.text)
            if query.contained.isEmpty, query.prefixes.count == 1, !search.hasConditions,
                let list = try self.search(search, prefix: query.prefixes[0], in: dialect, viewer: viewer)
            {
                return list
            }
            let condition = Self.condition(isInOne: search.conversation != nil, prefixes: query.prefixes.count)
            var values: [SQLiteValue] = [
                .text(viewer), .text(dialect.rawValue), SQLiteValue(search.conversation),
                SQLiteValue(try query.contained.isEmpty ? nil : StoredJSON.text(query.contained)),
                SQLiteValue(try StoredJSON.optionalText(search.senders.map { $0.sorted() })),
                SQLiteValue(try StoredJSON.optionalText(search.types.map { $0.map(\.rawValue).sorted() })),
                .integer(search.since?.milliseconds ?? .min), .integer(search.until?.milliseconds ?? .max),
            ]
            for prefix in query.prefixes { values += [.text(prefix), .text(SearchQuery.end(of: prefix))] }
            let total = try connection.first("SELECT count(*) FROM messages AS m WHERE \(condition)", values) {
                $0.integer(0)
            }
            let (first, second) = (values.count + 1, values.count + 2)
            let found = try messages(
                where: "\(condition) ORDER BY m.number DESC LIMIT ?\(first) OFFSET ?\(second)",
                values + [.integer(max(search.limit, 0)), .integer(search.offset)])
            return MessageList(messages: found, total: total ?? 0)
        }
    }

    /// The condition of a search, on messages `m`: found by the index of terms, or without terms by that of conversations.
    /// - Parameters:
    ///   - isInOne: whether the search names a conversation.
    ///   - prefixes: with how many prefixes the terms of the query begin.
    static func condition(isInOne: Bool, prefixes: Int) -> String {
        let own = searched(isInOne: isInOne)
        // Of the terms' index each range of a conversation is read, whose messages are those of all prefixes.
        let ranges = (0..<prefixes).map { index in
            """
            SELECT listed.message FROM (\(own)) AS mine CROSS JOIN message_terms AS listed
            WHERE listed.conversation = mine.conversation AND listed.term >= ?\(9 + 2 * index)
                AND listed.term < ?\(10 + 2 * index)
            """
        }
        let found =
            prefixes == 0 ? "m.conversation IN (\(own))" : "m.number IN (\(ranges.joined(separator: " INTERSECT ")))"
        return """
            \(found) AND m.deleted_at IS NULL AND NOT EXISTS
                (SELECT 1 FROM hidden_messages WHERE message = m.number AND user = ?1)
            AND (?4 IS NULL OR NOT EXISTS (
                SELECT 1 FROM json_each(?4) AS word WHERE instr(coalesce(m.folded, lower(m.text)), word.value) = 0))
            AND (?5 IS NULL OR m.sender IN (SELECT value FROM json_each(?5)))
            AND (?6 IS NULL OR m.type IN (SELECT value FROM json_each(?6)))
            AND m.created_at >= ?7 AND m.created_at < ?8
            """
    }

    /// The conversations that are searched: `?1` is the viewer, `?2` the dialect, `?3` the conversation or `NULL`.
    static func searched(isInOne: Bool) -> String {
        """
        SELECT own.conversation FROM members AS own JOIN conversations AS place ON place.number = own.conversation
        WHERE own.user = ?1 AND place.dialect = ?2 \(isInOne ? "AND place.id = ?3" : "AND ?3 IS NULL")
        """
    }
}
