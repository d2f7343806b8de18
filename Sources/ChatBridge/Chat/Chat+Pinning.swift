extension Chat {
    /// Pins a message in its conversation, or unpins it. Returns the message as it is now. If it is pinned or unpinned already,
    /// nothing is changed or delivered.
    /// - Parameter outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func setPinned(
        _ isPinned: Bool, _ id: String, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        _ = try await presentMessage(id, for: caller)
        let date = timestamp
        let message = try await change(id, by: caller, outbox: outbox) { message in
            guard (message.pin != nil) != isPinned else { return }
            message.pin = isPinned ? MessagePin(user: caller.id, pinnedAt: date) : nil
            message.updatedAt = date
        }
        wake()
        return message
    }
}
