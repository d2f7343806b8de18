import ChatBridge

extension MessageSearch {
    /// Whether it has conditions beside its text and conversation.
    var hasConditions: Bool { senders != nil || types != nil || since != nil || until != nil }
}

/// Searches for the beginning of one word alone, which are found, counted and ordered in the index of terms: only the messages of the page
/// are read. Messages that were deleted for everyone have no terms.
extension SQLiteChatStore {
    /// The messages of a conversation that have a term.
    private struct TermList {
        let conversation: Int
        let term: String
    }

    /// With more different terms than these, all that is found is read and sorted.
    private static let maximumLists = 1_000

    /// The page of a search; `nil` where too many terms begin with the prefix.
    func search(_ search: MessageSearch, prefix: String, in dialect: Dialect, viewer: String) throws -> MessageList? {
        let lists = try termLists(search, prefix: prefix, in: dialect, viewer: viewer)
        guard lists.count <= Self.maximumLists else { return nil }
        var total = 0
        for (conversation, lists) in Dictionary(grouping: lists, by: \.conversation) {
            let viewer = try hasHidden(in: conversation, viewer) ? viewer : nil
            total += try count(lists.map(\.term), in: conversation, viewer: viewer)
        }
        guard search.limit > 0, search.offset < total else { return MessageList(messages: [], total: total) }
        let needed = search.offset + min(search.limit, total - search.offset)
        var found: Set<Int> = []
        for list in lists { try found.formUnion(newest(needed, of: list, viewer: viewer)) }
        let page = found.sorted(by: >).dropFirst(search.offset).prefix(search.limit)
        let messages = try messages(
            where: "m.number IN (SELECT value FROM json_each(?1)) ORDER BY m.number DESC",
            [.text(try StoredJSON.text(Array(page)))])
        return MessageList(messages: messages, total: total)
    }

    /// The terms that begin with the prefix, each found by one step in the index.
    private func termLists(
        _ search: MessageSearch, prefix: String, in dialect: Dialect, viewer: String
    ) throws -> [TermList] {
        let values: [SQLiteValue] = [
            .text(viewer), .text(dialect.rawValue), SQLiteValue(search.conversation), .text(prefix),
            .text(SearchQuery.end(of: prefix)), .integer(Self.maximumLists + 1),
        ]
        return try connection.rows(Self.termLists(isInOne: search.conversation != nil), values) {
            TermList(conversation: $0.integer(0), term: $0.text(1))
        }
    }

    static func termLists(isInOne: Bool) -> String {
        """
        WITH RECURSIVE lists(conversation, term) AS (
            SELECT mine.conversation, (SELECT min(term) FROM message_terms AS listed
                WHERE listed.conversation = mine.conversation AND listed.term >= ?4 AND listed.term < ?5)
            FROM (\(searched(isInOne: isInOne))) AS mine
            UNION ALL SELECT lists.conversation, (SELECT min(term) FROM message_terms AS listed
                WHERE listed.conversation = lists.conversation AND listed.term > lists.term AND listed.term < ?5)
            FROM lists WHERE lists.term IS NOT NULL)
        SELECT conversation, term FROM lists WHERE term IS NOT NULL LIMIT ?6
        """
    }

    /// How many messages of a conversation have any of the terms.
    /// - Parameter viewer: who may have hidden some of them; `nil` where none are.
    private func count(_ terms: [String], in conversation: Int, viewer: String?) throws -> Int {
        // Of one term each message is listed once.
        let counted = terms.count == 1 ? "count(*)" : "count(DISTINCT message)"
        let visible = viewer == nil ? "" : "AND \(Self.isVisible)"
        return try connection.first(
            """
            SELECT \(counted) FROM message_terms AS listed
            WHERE conversation = ?1 AND term \(terms.count == 1 ? "= ?2" : "IN (SELECT value FROM json_each(?2))") \(visible)
            """,
            [.integer(conversation), .text(terms.count == 1 ? terms[0] : try StoredJSON.text(terms))]
                + (viewer.map { [.text($0)] } ?? [])
        ) { $0.integer(0) } ?? 0
    }

    private func newest(_ count: Int, of list: TermList, viewer: String) throws -> [Int] {
        try connection.rows(
            """
            SELECT message FROM message_terms AS listed WHERE conversation = ?1 AND term = ?2 AND \(Self.isVisible)
            ORDER BY message DESC LIMIT ?4
            """, [.integer(list.conversation), .text(list.term), .text(viewer), .integer(count)]
        ) { $0.integer(0) }
    }

    private static let isVisible =
        "NOT EXISTS (SELECT 1 FROM hidden_messages AS h WHERE h.message = listed.message AND h.user = ?3)"
}
