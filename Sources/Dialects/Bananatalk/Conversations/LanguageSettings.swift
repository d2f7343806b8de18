import ChatBridge
import JSON

/// The languages of a conversation. The reference has no request that changes them: the chat server does.
struct LanguageSettings {
    private let setting: JSONValue?

    /// What the settings of a conversation contain; what is not valid there has its default.
    init(_ setting: JSONValue?) { self.setting = setting }

    /// `{primaryLanguage?, enableCorrections, autoTranslate, translateTo?}`
    var json: JSONValue {
        var json: JSONObject = [
            "enableCorrections": .bool(setting?["enableCorrections"]?.boolValue ?? true),
            "autoTranslate": .bool(setting?["autoTranslate"]?.boolValue ?? false),
        ]
        for name in ["primaryLanguage", "translateTo"] {
            json[name] = setting?[name]?.stringValue.map(JSONValue.string)
        }
        return .object(json)
    }
}

extension Conversation {
    /// The languages of the conversation.
    var languages: LanguageSettings { LanguageSettings(settings["languageSettings"]) }
}
