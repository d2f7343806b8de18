import Foundation

extension Chat {
    /// The most corrections of one message.
    static let maximumCorrections = 50
    /// The size of the texts of all corrections of a message, in bytes of UTF-8: they are part of it wherever it is shown, and a page has
    /// many messages.
    static let maximumCorrectionBytes = 49_152

    /// Suggests a correction of another user's message. Returns it with the message as it is now.
    /// - Parameter outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `emptyMessage` or `textTooLong` for the texts, `messageNotFound`, `notAllowed`,
    ///   `invalidRequest` for a message without text, `limitReached`; `unavailable` when the store does not answer.
    public func correct(
        _ id: String, text: String, explanation: String, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ message: ChatMessage, Correction) -> [OutboxDraft]
    ) async throws -> (message: ChatMessage, correction: Correction) {
        try checkNotEmpty(text)
        for text in [text, explanation] { try checkLength(text) }
        guard try await presentMessage(id, for: caller).sender != caller.id else {
            throw ChatError(.notAllowed, "Only the other user can correct a message")
        }
        let date = timestamp
        let correction = Correction(
            id: ids.message(at: date), corrector: caller.id, originalText: "", correctedText: text,
            explanation: explanation, createdAt: date)
        let added = { @Sendable (message: ChatMessage) in message.corrections.last ?? correction }
        let message = try await change(id, by: caller, outbox: { outbox($0, added($0)) }) { message in
            guard !message.text.isEmpty else {
                throw ChatError(.invalidRequest, "A message without text cannot be corrected")
            }
            let bytes = message.corrections.reduce(message.text.utf8.count + correction.size) { $0 + $1.size }
            guard message.corrections.count < Self.maximumCorrections, bytes <= Self.maximumCorrectionBytes else {
                throw ChatError(.limitReached, "The message has as many corrections as it may have")
            }
            var correction = correction
            correction.originalText = message.text
            message.corrections.append(correction)
            message.updatedAt = date
        }
        wake()
        // An earlier attempt at the same request has added it under another ID.
        let known = message.corrections.last { $0.corrector == caller.id && $0.correctedText == text }
        return (message, message.corrections.first { $0.id == correction.id } ?? known ?? correction)
    }

    /// Accepts a correction of the caller's message. Returns it; nothing is changed or delivered if it was accepted before.
    /// - Parameter outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notAllowed`, `notFound` for an unknown correction; `unavailable` when
    ///   the store does not answer.
    public func acceptCorrection(
        _ correction: String, of id: String, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> Correction {
        guard try await presentMessage(id, for: caller).sender == caller.id else {
            throw ChatError(.notAllowed, "Only the sender of the message can accept a correction")
        }
        let date = timestamp
        let unknown = ChatError(.notFound, "Correction not found")
        let message = try await change(id, by: caller, outbox: outbox) { message in
            guard let index = message.corrections.firstIndex(where: { $0.id == correction }) else { throw unknown }
            guard !message.corrections[index].isAccepted else { return }
            message.corrections[index].isAccepted = true
            message.updatedAt = date
        }
        wake()
        guard let accepted = message.corrections.first(where: { $0.id == correction }) else { throw unknown }
        return accepted
    }
}

extension Correction {
    /// The size of its texts, in bytes of UTF-8.
    fileprivate var size: Int { originalText.utf8.count + correctedText.utf8.count + explanation.utf8.count }
}
