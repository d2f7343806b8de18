import ChatBridge
import JSON

/// Parts of messages that have routes of their own.
extension BananatalkMessage {
    /// `[{user, emoji}]`
    static func reactions(_ message: ChatMessage) -> JSONValue {
        .array(message.reactions.map { ["user": .string($0.user), "emoji": .string($0.emoji)] })
    }

    /// The corrections of a message.
    static func corrections(_ message: ChatMessage, _ context: RenderingContext) -> JSONValue {
        .array(message.corrections.map { correction($0, by: context.user($0.corrector)) })
    }

    /// `{_id, corrector, originalText, correctedText, explanation, createdAt, isAccepted}`
    static func correction(_ correction: Correction, by corrector: ChatUser) -> JSONValue {
        [
            "_id": .string(correction.id), "corrector": user(corrector),
            "originalText": .string(correction.originalText), "correctedText": .string(correction.correctedText),
            "explanation": .string(correction.explanation),
            "createdAt": .string(Timestamp.milliseconds(correction.createdAt)),
            "isAccepted": .bool(correction.isAccepted),
        ]
    }

    /// `[{language, translatedText, translatedAt, provider}]`
    static func translations(_ message: ChatMessage) -> JSONValue {
        .array(message.translations.map(translation))
    }

    /// `{language, translatedText, translatedAt, provider}`. The reference's providers are three services on the Internet; for any
    /// other it has `null`.
    static func translation(_ translation: MessageTranslation) -> JSONValue {
        let provider = translation.provider.flatMap { ["google", "deepl", "papago"].contains($0) ? $0 : nil }
        return [
            "language": .string(translation.language), "translatedText": .string(translation.text),
            "translatedAt": .string(Timestamp.milliseconds(translation.translatedAt)),
            "provider": JSONValue(provider),
        ]
    }

    /// `[{user, username, startIndex, endIndex}]`
    static func mentions(_ message: ChatMessage) -> JSONValue {
        .array(
            message.mentions.map { mention in
                [
                    "user": .string(mention.user), "username": .string(mention.username),
                    "startIndex": .integer(mention.startIndex), "endIndex": .integer(mention.endIndex),
                ]
            })
    }

    /// `{_id, name, images}`
    static func user(_ user: ChatUser) -> JSONValue {
        [
            "_id": .string(user.id), "name": .string(user.name), "images": .array(user.images.map(JSONValue.string)),
        ]
    }
}
