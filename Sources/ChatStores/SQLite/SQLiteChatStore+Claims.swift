public import ChatBridge
public import Foundation

extension SQLiteChatStore {
    /// See ``PresignedUploadStore``.
    public func claim(token: String, in dialect: Dialect, expires: Date) throws -> Bool {
        try transact {
            try deleteExpiredTokens()
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

    /// Deletes used tokens that have expired, by their date and also by the uptime since they were used: if the clock was set
    /// ahead and back again, the date alone would let them be used twice.
    private func deleteExpiredTokens() throws {
        for ended in try connection.rows(Self.startsOfTokens, [], { $0.integer(0) }) where !start.isLive(ended) {
            try connection.run(
                Self.adoptTokens, [.integer(start.number), .integer(uptimeMilliseconds), .integer(ended)])
        }
        try connection.run(
            Self.deleteExpiredTokens,
            [.integer(start.number), .integer(uptimeMilliseconds), .integer(now().milliseconds)])
    }

    /// The process starts in which tokens were used, each found by one step in the index.
    static let startsOfTokens = distinctStarts(in: "claimed_tokens")

    static let adoptTokens = "UPDATE claimed_tokens SET start = ?1, keep_until = ?2 + lifetime WHERE start = ?3"

    static let deleteExpiredTokens = "DELETE FROM claimed_tokens WHERE start = ?1 AND keep_until <= ?2 AND expires < ?3"
}
