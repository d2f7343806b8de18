public import Foundation
import JSON

/// A translation of a message's text.
public struct MessageTranslation: Sendable, Hashable {
    /// The language.
    public var language: String
    /// The text in that language.
    public var text: String
    /// When it was translated.
    public var translatedAt: Date
    /// What has translated it, where that is known.
    public var provider: String?

    /// A translation.
    public init(language: String, text: String, translatedAt: Date, provider: String? = nil) {
        self.language = language
        self.text = text
        self.translatedAt = translatedAt
        self.provider = provider
    }

    /// Whether `translation` may be one of `text`: none is far longer than its text. Engines may answer with anything.
    public static func isPlausible(_ translation: String, of text: String) -> Bool {
        translation.utf8.count <= 4 * text.utf8.count + 1_024
    }
}

extension ChatMessage {
    /// The translations of its text as it is now, one for each language.
    public var translations: [MessageTranslation] {
        get { self[detail: "translations"]?.arrayValue?.compactMap(MessageTranslation.init) ?? [] }
        set { self[detail: "translations"] = newValue.isEmpty ? nil : .array(newValue.map(\.json)) }
    }
}

extension MessageTranslation {
    fileprivate init?(_ json: JSONValue) {
        guard let language = json["language"]?.stringValue, let text = json["text"]?.stringValue,
            let date = json["translatedAt"]?.integerValue
        else { return nil }
        self.init(
            language: language, text: text, translatedAt: Date(milliseconds: date),
            provider: json["provider"]?.stringValue)
    }

    fileprivate var json: JSONValue {
        var members: JSONObject = [
            "language": .string(language), "text": .string(text), "translatedAt": .integer(translatedAt.milliseconds),
        ]
        members["provider"] = provider.map(JSONValue.string)
        return .object(members)
    }
}
