public import ChatBridge
import JSON

extension SQLiteChatStore {
    /// See ``MessageChangeStore``.
    @discardableResult
    public func updateMessage(
        _ message: String, in dialect: Dialect, outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft],
        change: @escaping @Sendable (inout ChatMessage) throws -> Void
    ) throws -> ChatMessage {
        try transact {
            let row = try messageRow(message, in: dialect)
            guard !row.isDeleted, let found = try messages(where: "m.number = ?1", [.integer(row.number)]).first else {
                throw ChatError(.messageNotFound)
            }
            var changed = found
            try change(&changed)
            guard changed != found else { return found }
            try connection.run(
                "UPDATE messages SET details = ?2, updated_at = ?3 WHERE number = ?1",
                [
                    .integer(row.number), .text(changed.details.encodedText()),
                    .integer(changed.updatedAt.milliseconds),
                ])
            try write(outbox(changed), dialect: dialect, at: now())
            return changed
        }
    }
}
