public import ChatBridge
public import JSON
import Translation

extension BananatalkService {
    /// Translates a message: `{targetLanguage}`. Returns the translation, which is stored with the message, once for all regions of a
    /// language.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a language or text that cannot be translated, `messageNotFound`,
    ///   `notAllowed`; `translationUnavailable` when no engine is configured, or it does not answer; `unavailable` when the store does
    ///   not answer.
    public func translate(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let language = try body.text("targetLanguage", maximumBytes: limits.maximumLanguageBytes) else {
            throw ChatError(.invalidRequest, "targetLanguage is required: an ISO language code")
        }
        guard LanguageCode.isValid(language) else {
            throw ChatError(.invalidRequest, "targetLanguage is not an ISO language code such as ko or pt-BR")
        }
        // Stored by the language that the engine is asked for: it translates into each once, whatever regions are named.
        var translation = try await chat.translate(
            id, into: LanguageCode.canonical(language), by: caller, with: translation)
        if language.contains("-") { translation.language = language }
        return BananatalkMessage.translation(translation)
    }

    /// The translations of a message, the oldest first.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func translations(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        BananatalkMessage.translations(try await chat.presentMessage(id, for: caller))
    }

    /// The text of a message in `target`.
    /// - Throws: ``ChatError``, see ``translate(_:_:by:)``.
    private func translation(of message: ChatMessage, into target: String) async throws -> String {
        guard translator.isConfigured else {
            throw ChatError(
                .translationUnavailable, "Messages are not translated here: no translation engine is configured")
        }
        do {
            guard let source = try await language(of: message) else {
                throw ChatError(
                    .invalidRequest, "The language of this message is not known, so it cannot be translated")
            }
            return try await self.translation(of: message, from: source, into: target)
        } catch let error as TranslationError {
            throw ChatError(.translationUnavailable, "The translation engine does not answer. Try again.", cause: error)
        }
    }

    /// - Throws: ``ChatError`` with code `invalidRequest`; ``TranslationError`` for an engine that does not answer.
    private func translation(
        of message: ChatMessage, from source: String, into target: String
    ) async throws -> String {
        do {
            let text = try await translator.translate(message.text, from: source, to: target)
            guard MessageTranslation.isPlausible(text, of: message.text) else {
                throw TranslationError.unavailable(reason: "the answer is far longer than the text")
            }
            return text
        } catch TranslationError.unsupported {
            throw ChatError(.invalidRequest, "This message cannot be translated from \(source) to \(target)")
        }
    }

    /// The language of a message's text: the one that the engine detects, or that of the conversation's settings, or that of its
    /// sender.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer; ``TranslationError`` when the engine does not, and
    ///   nothing else says what the language is.
    private func language(of message: ChatMessage) async throws -> String? {
        var failure: TranslationError?
        do throws(TranslationError) {
            if let detected = try await translator.language(of: message.text) { return detected }
        } catch {
            failure = error
        }
        let settings = try await chat.conversation(of: message)?.languages.json
        let sender = try await chat.users([message.sender])[message.sender]
        let candidates = [settings?["primaryLanguage"], sender?.details["preferredLanguage"]]
        let candidate = candidates.compactMap { $0?.stringValue }.first(where: LanguageCode.isValid)
        if candidate == nil, let failure { throw failure }
        return candidate
    }
}
