public import ChatBridge
import JSON

extension SQLiteChatStore {
    /// See ``MessageChangeStore``.
    @discardableResult
    public func updateMessage(
        _ message: String, in dialect: Dialect, by user: String?,
        outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft],
        change: @escaping @Sendable (inout ChatMessage) throws -> Void
    ) throws -> ChatMessage {
        let step = IdempotentStep.next("message")
        return try transact {
            let row = try messageRow(message, in: dialect)
            guard !row.isDeleted, let found = try messages(where: "m.number = ?1", [.integer(row.number)]).first else {
                throw ChatError(.messageNotFound)
            }
            if let user { try checkAccess(of: user, to: row) }
            return try once(step) { _ in
                found
            } make: {
                (try write(found, number: row.number, outbox, change), [message], [.message(message, dialect)])
            }
        }
    }

    private func write(
        _ found: ChatMessage, number: Int, _ outbox: @Sendable (ChatMessage) -> [OutboxDraft],
        _ change: @Sendable (inout ChatMessage) throws -> Void
    ) throws -> ChatMessage {
        var changed = found
        try change(&changed)
        guard changed != found else { return found }
        try connection.run(
            "UPDATE messages SET details = ?2, updated_at = ?3 WHERE number = ?1",
            [.integer(number), .text(changed.details.encodedText()), .integer(changed.updatedAt.milliseconds)])
        if changed.selfDestruct != found.selfDestruct { try setDeadline(of: changed, number: number) }
        try write(outbox(changed), dialect: found.dialect, at: now())
        return changed
    }

    /// Checks that `user` may change a message of a group: a member may have been removed since the caller has read the message.
    /// - Throws: ``StoreError/notMember``.
    func checkAccess(of user: String, to message: MessageRow) throws {
        // Both users of a direct message always see it.
        let found = try connection.first(
            """
            SELECT 1 FROM messages AS m WHERE number = ?1 AND (receiver IS NOT NULL
                OR EXISTS (SELECT 1 FROM members WHERE conversation = m.conversation AND user = ?2))
            """, [.integer(message.number), .text(user)]
        ) { $0.integer(0) }
        guard found != nil else { throw ChatError(.notMember) }
    }
}
