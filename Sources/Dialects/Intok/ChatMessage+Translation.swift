import ChatBridge
import JSON
import Translation

extension ChatMessage {
    static let languageField = "originalLanguage"
    static let translationsField = "translations"

    /// The language of its text; `nil` where only the sender's language is known.
    var originalLanguage: String? {
        get { details[Self.languageField]?.stringValue }
        set { self[detail: Self.languageField] = newValue.map(JSONValue.string) }
    }

    /// Its text in another language; `nil` where it has not been translated into that.
    func translation(into language: String) -> String? {
        let translations = details[Self.translationsField]
        // Earlier versions stored translations by the names that users have given.
        return translations?[LanguageCode.canonical(language)]?.stringValue ?? translations?[language]?.stringValue
    }
}
