extension Chat {
    /// Starts the timer of a message that is deleted some time after it was read: its receiver has read it. Returns the message as it
    /// is now; if its timer runs already, nothing changes.
    /// - Parameters:
    ///   - outbox: the events that it was read; called only where it was not marked as read before.
    ///   - started: the events that its timer has started.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notAllowed` unless the caller is its receiver, `invalidRequest` for a
    ///   message without a timer; `unavailable` when the store does not answer.
    public func startSelfDestruct(
        of id: String, by caller: ChatCaller, outbox: @escaping @Sendable (_ marked: [String]) -> [OutboxDraft],
        started: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        let message = try await presentMessage(id, for: caller)
        guard message.receiver == caller.id else {
            throw ChatError(.notAllowed, rules.refusals.onlyReceiverStartsTimer)
        }
        guard let selfDestruct = message.selfDestruct, selfDestruct.timer != nil else {
            throw ChatError(.invalidRequest, rules.refusals.noTimer)
        }
        if selfDestruct.destructAt != nil { return message }
        _ = try await markRead(message.conversation, .these([id]), by: caller, outbox: outbox, started: started)
        return try await presentMessage(id, for: caller)
    }
}
