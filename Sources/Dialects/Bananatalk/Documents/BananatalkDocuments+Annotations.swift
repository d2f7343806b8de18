import ChatBridge
import ChatDocuments
import Foundation

/// What users add to a message, in the fields of the reference's model.
extension ChatMessage {
    /// Reads pin, corrections, translations and mentions.
    mutating func readAnnotations(_ document: BSONDocument) {
        if document["pinned"]?.boolValue ?? false, let user = document["pinnedBy"]?.identifierValue {
            pin = MessagePin(user: user, pinnedAt: document["pinnedAt"]?.timestamp ?? updatedAt)
        }
        let corrections = (document["corrections"]?.documents ?? []).compactMap(Correction.init)
        if !corrections.isEmpty { self.corrections = corrections }
        let translations = (document["translations"]?.documents ?? []).compactMap(MessageTranslation.init)
        if !translations.isEmpty { self.translations = translations }
        let mentions = (document["mentions"]?.documents ?? []).compactMap(Mention.init)
        if !mentions.isEmpty { self.mentions = mentions }
    }
}

extension BSONValue {
    /// `[{_id, corrector, originalText, correctedText, explanation, createdAt, isAccepted}]`
    static func corrections(_ corrections: [Correction]) -> BSONValue {
        .array(
            corrections.map { correction in
                [
                    "_id": .identifier(correction.id), "corrector": .identifier(correction.corrector),
                    "originalText": .string(correction.originalText),
                    "correctedText": .string(correction.correctedText), "explanation": .string(correction.explanation),
                    "createdAt": .date(correction.createdAt), "isAccepted": .bool(correction.isAccepted),
                ]
            })
    }

    /// `[{language, translatedText, translatedAt, provider}]`
    static func translations(_ translations: [MessageTranslation]) -> BSONValue {
        .array(
            translations.map { translation in
                [
                    "language": .string(translation.language), "translatedText": .string(translation.text),
                    "translatedAt": .date(translation.translatedAt),
                    "provider": translation.provider.map(BSONValue.string) ?? .null,
                ]
            })
    }

    /// `[{user, username, startIndex, endIndex}]`
    static func mentions(_ mentions: [Mention]) -> BSONValue {
        .array(
            mentions.map { mention in
                [
                    "user": .identifier(mention.user), "username": .string(mention.username),
                    "startIndex": .int64(mention.startIndex), "endIndex": .int64(mention.endIndex),
                ]
            })
    }
}

extension Correction {
    fileprivate init?(_ document: BSONDocument) {
        guard let id = document["_id"]?.identifierValue, let corrector = document["corrector"]?.identifierValue,
            let text = document["correctedText"]?.stringValue
        else { return nil }
        self.init(
            id: id, corrector: corrector, originalText: document["originalText"]?.stringValue ?? "",
            correctedText: text, explanation: document["explanation"]?.stringValue ?? "",
            createdAt: document["createdAt"]?.timestamp ?? ObjectID(id)?.date ?? Date(milliseconds: 0),
            isAccepted: document["isAccepted"]?.boolValue ?? false)
    }
}

extension MessageTranslation {
    fileprivate init?(_ document: BSONDocument) {
        guard let language = document["language"]?.stringValue, let text = document["translatedText"]?.stringValue
        else { return nil }
        self.init(
            language: language, text: text, translatedAt: document["translatedAt"]?.timestamp ?? Date(milliseconds: 0),
            provider: document["provider"]?.stringValue)
    }
}

extension Mention {
    fileprivate init?(_ document: BSONDocument) {
        guard let user = document["user"]?.identifierValue, let start = document["startIndex"]?.integerValue,
            let end = document["endIndex"]?.integerValue
        else { return nil }
        self.init(user: user, username: document["username"]?.stringValue ?? "", startIndex: start, endIndex: end)
    }
}
