import Foundation

extension Chat {
    /// Starts the timer of a message that is deleted some time after it was read: its receiver has read it. Returns the message as it
    /// is now; if its timer runs already, nothing changes.
    /// - Parameters:
    ///   - outbox: the events that it was read; called only where it was not marked as read before.
    ///   - started: the events that its timer has started.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notAllowed` unless the caller is its receiver, `invalidRequest` for a
    ///   message without a timer; `unavailable` when the store does not answer.
    public func startSelfDestruct(
        of id: String, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ marked: [MarkedMessage]) -> [OutboxDraft],
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
        let read = try await presentMessage(id, for: caller)
        guard read.selfDestruct?.destructAt == nil else { return read }
        // It counted as read before: its receiver has left the conversation, and was added again.
        let date = timestamp
        let changed = try await change(id, by: caller, outbox: { started($0.withReceipt(of: caller.id, at: date)) }) {
            _ = $0.startSelfDestruct(at: date)
        }
        wake()
        return changed
    }
}

extension ChatMessage {
    /// The message as one that `user` has read.
    fileprivate func withReceipt(of user: String, at date: Date) -> ChatMessage {
        var message = self
        if !receipts.contains(where: { $0.user == user }) {
            message.receipts.append(ReadReceipt(user: user, readAt: date))
        }
        return message
    }
}
