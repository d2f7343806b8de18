extension Chat {
    /// The most translations of one message; the oldest is dropped for another one.
    static let maximumTranslations = 50
    /// The size of all translations of a message, in bytes of UTF-8: they are part of it wherever it is shown. The oldest are dropped.
    static let maximumTranslationBytes = 16_384

    /// The message's text in `language`. It is translated once, and then stored with the message until its text is edited.
    /// - Parameter translate: the text of a message in a language. What it throws is thrown.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`, `invalidRequest` for a message without text;
    ///   `unavailable` when the store does not answer.
    public func translate(
        _ id: String, into language: String, by caller: ChatCaller,
        with translate: (_ message: ChatMessage, _ language: String) async throws -> String
    ) async throws -> MessageTranslation {
        let message = try await presentMessage(id, for: caller)
        if let known = message.translation(into: language) { return known }
        guard message.text.contains(where: { !$0.isWhitespace }) else {
            throw ChatError(.invalidRequest, "A message without text cannot be translated")
        }
        let text = try await translate(message, language)
        let translation = MessageTranslation(language: language, text: text, translatedAt: timestamp)
        let stored = try await change(id, by: caller, outbox: { _ in [] }) { current in
            // What was translated is another text than the one that a user has written meanwhile: it is answered, and not stored.
            guard ChatIdentifier.areSame(current.text, message.text), current.translation(into: language) == nil
            else { return }
            current.add(translation)
            current.updatedAt = max(current.updatedAt, translation.translatedAt)
        }
        return stored.translation(into: language) ?? translation
    }
}

extension ChatMessage {
    /// The translation of its text into a language, whose name is compared regardless of case.
    fileprivate func translation(into language: String) -> MessageTranslation? {
        translations.first { $0.language.lowercased() == language.lowercased() }
    }

    /// Adds a translation, within the limits of one message.
    fileprivate mutating func add(_ translation: MessageTranslation) {
        var all = translations + [translation]
        var size = all.reduce(0) { $0 + $1.text.utf8.count }
        while all.count > Chat.maximumTranslations || size > Chat.maximumTranslationBytes, let first = all.first {
            size -= first.text.utf8.count
            all.removeFirst()
        }
        translations = all
    }
}
