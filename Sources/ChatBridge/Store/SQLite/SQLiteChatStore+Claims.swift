public import Foundation

extension SQLiteChatStore {
    /// See ``UploadTickets``.
    public func claim(token: String, in dialect: Dialect, expires: Date) throws -> Bool {
        try transact {
            try forgetClaims()
            let lifetime = max(expires.milliseconds - now().milliseconds, 0)
            return try connection.change(
                """
                INSERT OR IGNORE INTO claimed_tokens (dialect, token, expires, start, lifetime, keep_until)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(dialect.rawValue), .text(token), .integer(expires.milliseconds), .integer(start.number),
                    .integer(lifetime), .integer(uptimeMilliseconds + lifetime),
                ]) > 0
        }
    }

    /// Forgets used tokens that hold no more: whose date has passed, and whose time has passed, too, as nobody can set it. A
    /// clock that is set ahead and back again would otherwise let them be used twice.
    private func forgetClaims() throws {
        for ended in try connection.rows(Self.startsOfClaims, [], { $0.integer(0) }) where !start.isLive(ended) {
            try connection.run(
                Self.adoptClaims, [.integer(start.number), .integer(uptimeMilliseconds), .integer(ended)])
        }
        try connection.run(
            Self.forgetClaims, [.integer(start.number), .integer(uptimeMilliseconds), .integer(now().milliseconds)])
    }

    /// The starts in which tokens were used, each found by one step in the index.
    static let startsOfClaims = distinctStarts(in: "claimed_tokens")

    static let adoptClaims = "UPDATE claimed_tokens SET start = ?1, keep_until = ?2 + lifetime WHERE start = ?3"

    static let forgetClaims = "DELETE FROM claimed_tokens WHERE start = ?1 AND keep_until <= ?2 AND expires < ?3"
}
