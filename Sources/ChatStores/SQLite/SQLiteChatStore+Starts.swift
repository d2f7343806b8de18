import ChatBridge

extension SQLiteChatStore {
    /// A query for the different values of `start` in `table`, each found by one step in an index that begins with `start`,
    /// however many rows there are.
    /// - Parameter condition: the rows that count, as the partial index has it; `nil` for all.
    static func distinctStarts(in table: String, where condition: String? = nil) -> String {
        let (first, next) = (condition.map { " WHERE \($0)" } ?? "", condition.map { "\($0) AND " } ?? "")
        return """
            WITH RECURSIVE starts(number) AS (
                SELECT min(start) FROM \(table)\(first)
                UNION ALL SELECT (SELECT min(start) FROM \(table) WHERE \(next)start > starts.number) FROM starts
                WHERE starts.number IS NOT NULL)
            SELECT number FROM starts WHERE number IS NOT NULL
            """
    }
}
