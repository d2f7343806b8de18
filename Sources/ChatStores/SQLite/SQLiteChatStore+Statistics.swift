public import ChatBridge
public import Foundation

extension SQLiteChatStore {
    /// See ``ChatDirectory``.
    public func statistics(of conversation: String, in dialect: Dialect, activeSince date: Date) throws
        -> ConversationStatistics
    {
        try translate {
            guard let number = try row(conversation, in: dialect)?.number else {
                return ConversationStatistics(messages: [:], reactions: 0, activeMembers: [])
            }
            let counts = try connection.rows(
                "SELECT type, count(*) FROM messages WHERE conversation = ? AND deleted_at IS NULL GROUP BY type",
                [.integer(number)]
            ) { (MessageType(rawValue: $0.text(0)), $0.integer(1)) }
            let reactions = try connection.first(
                """
                SELECT count(*) FROM messages AS m JOIN reactions AS r ON r.message = m.number WHERE m.conversation = ?
                """, [.integer(number)]
            ) { $0.integer(0) }
            let active = try connection.rows(
                Self.activeMembers, [.integer(number), .integer(date.milliseconds)]
            ) { $0.user(0) }
            return ConversationStatistics(
                messages: Dictionary(counts) { $0 + $1 }, reactions: reactions ?? 0,
                activeMembers: Set(active))
        }
    }

    /// The members who have sent a message since a date: one pass over the messages since then, however many members there are.
    static let activeMembers = """
        SELECT user FROM members WHERE conversation = ?1 AND user IN (
            SELECT sender FROM messages WHERE conversation = ?1 AND created_at >= ?2 AND deleted_at IS NULL)
        """
}
