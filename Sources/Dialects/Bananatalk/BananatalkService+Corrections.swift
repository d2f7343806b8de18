public import ChatBridge
public import JSON

extension BananatalkService {
    /// Suggests a correction of the other user's message: `{correctedText, explanation?}`. Returns the correction.
    /// - Throws: ``ChatError`` with code `invalidRequest`, `emptyMessage`, `textTooLong`, `messageNotFound`, `notAllowed` or
    ///   `limitReached`; `unavailable` when the store does not answer.
    public func correct(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let text = try body.text("correctedText") else {
            throw ChatError(.invalidRequest, "correctedText is required: the text as it should be")
        }
        let explanation = try body.text("explanation") ?? ""
        let corrector = try await chat.user(caller)
        let corrected = try await chat.correct(id, text: text, explanation: explanation, by: caller) {
            BananatalkEvent.corrected($0, BananatalkMessage.correction($1, by: corrector), by: caller.id)
        }
        return BananatalkMessage.correction(corrected.correction, by: corrector)
    }

    /// The corrections of a message, the oldest first.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func corrections(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        let message = try await chat.presentMessage(id, for: caller)
        let context = try await chat.context(for: [message], viewer: caller.id)
        return BananatalkMessage.corrections(message, context)
    }

    /// Accepts a correction of the caller's message. Returns the correction.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func acceptCorrection(
        _ correction: String, of id: String, by caller: ChatCaller
    ) async throws -> JSONValue {
        let accepted = try await chat.acceptCorrection(correction, of: id, by: caller) {
            BananatalkEvent.correctionAccepted(correction, of: $0, by: caller.id)
        }
        let corrector = try await chat.users([accepted.corrector])[accepted.corrector]
        return BananatalkMessage.correction(accepted, by: corrector ?? ChatUser(id: accepted.corrector))
    }
}
