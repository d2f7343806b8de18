import ChatBridge
import JSON
import Translation

extension IntokService {
    /// What is translated of a new message.
    struct Translated: Sendable {
        /// The details of the message: the language of its text where it is known, and translations.
        var details: JSONValue = .object([:])
        /// The text, and the language that it is translated from.
        var text = ""
        var source = ""
        /// The languages in which it was not translated in time.
        var missing: Set<String> = []
    }

    /// The language of a new message's text where it is known, and the translations for the members who read
    /// other languages. They are stored with the message. A translation that is not made in time is missing, and these members
    /// see the text itself.
    ///
    /// The engine is asked before the message is saved: a member is notified of a message together with its translation, and
    /// a slow engine delays the messages of this sender alone.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    func translations(
        of text: String, as type: IntokMessageType, translatesDocument: Bool, in conversation: Conversation,
        by caller: ChatCaller
    ) async throws -> Translated {
        let isTranslated = type == .text || type == .file && translatesDocument
        guard translator.isConfigured, isTranslated, text.contains(where: \.isLetter) else { return Translated() }
        let users = try await chat.users(conversation.members.union([caller.id]))
        let own = IntokUser.language(of: users[caller.id] ?? ChatUser(id: caller.id))
        let languages = Set(conversation.members.map { IntokUser.language(of: users[$0] ?? ChatUser(id: $0)) })
        // The engine is asked once for a language, whatever regions are named.
        let names = Set(languages.filter(LanguageCode.isValid).map(LanguageCode.canonical))
        let targets = names.sorted().prefix(limits.maximumLanguages)
        let (detected, made, unanswered) = await translator.translations(of: text, probablyFrom: own, to: Set(targets))
        let (source, translations) = (detected ?? own, Self.stored(made, of: text))
        var details: JSONObject = [:]
        if detected != nil || !translations.isEmpty { details[ChatMessage.languageField] = .string(source) }
        if !translations.isEmpty {
            details[ChatMessage.translationsField] = .object(JSONObject(translations.mapValues(JSONValue.string)))
        }
        return Translated(details: .object(details), text: text, source: source, missing: unanswered)
    }

    /// Adds the translations of a message that was sent without them, once the engine has made them: they are shown when it is read
    /// again.
    func translateLate(_ message: String, _ translated: Translated, by caller: ChatCaller) {
        guard !translated.missing.isEmpty else { return }
        late.start(for: caller.id) { [self] in
            let made = await translator.lateTranslations(
                of: translated.text, from: translated.source, to: translated.missing)
            guard !made.isEmpty else { return }
            // A message that was deleted meanwhile needs none, and where the store fails the text itself is shown.
            try? await chat.updateDetails(of: message) { details in
                var members = details.objectValue ?? [:]
                var translations = members[ChatMessage.translationsField]?.objectValue ?? [:]
                let size = translations.values.reduce(0) { $0 + ($1.stringValue?.utf8.count ?? 0) }
                let added = Self.stored(made, of: translated.text, besides: size)
                guard !added.isEmpty else { return }
                for (language, text) in added { translations[language] = .string(text) }
                members[ChatMessage.translationsField] = .object(translations)
                if members[ChatMessage.languageField] == nil {
                    members[ChatMessage.languageField] = .string(translated.source)
                }
                details = .object(members)
            }
        }
    }

    /// Those of the translations that are stored with the message: none that is far longer than the text, as no translation is, and
    /// no more than ``IntokLimits/maximumTranslationBytes`` together. Engines may answer with anything.
    /// - Parameter size: that of the translations that are stored already, in bytes of UTF-8.
    static func stored(_ translations: [String: String], of text: String, besides size: Int = 0) -> [String: String] {
        var stored: [String: String] = [:]
        var size = size
        for (language, translation) in translations.sorted(by: { $0.key < $1.key })
        where MessageTranslation.isPlausible(translation, of: text) {
            size += translation.utf8.count
            guard size <= IntokLimits.maximumTranslationBytes else { break }
            stored[language] = translation
        }
        return stored
    }
}
