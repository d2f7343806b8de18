public import Foundation
import JSON

/// A correction of a message's text that the other user of a conversation suggests.
public struct Correction: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// The user who suggests it.
    public var corrector: String
    /// The text of the message when it was corrected.
    public var originalText: String
    /// The text that the corrector suggests.
    public var correctedText: String
    /// Why; may be empty.
    public var explanation: String
    /// When it was suggested.
    public var createdAt: Date
    /// Whether the sender of the message has accepted it.
    public var isAccepted: Bool

    /// A correction.
    public init(
        id: String, corrector: String, originalText: String, correctedText: String, explanation: String = "",
        createdAt: Date, isAccepted: Bool = false
    ) {
        self.id = id
        self.corrector = corrector
        self.originalText = originalText
        self.correctedText = correctedText
        self.explanation = explanation
        self.createdAt = createdAt
        self.isAccepted = isAccepted
    }
}

extension ChatMessage {
    /// The corrections of its text, the oldest first.
    public var corrections: [Correction] {
        get { self[detail: "corrections"]?.arrayValue?.compactMap(Correction.init) ?? [] }
        set { self[detail: "corrections"] = newValue.isEmpty ? nil : .array(newValue.map(\.json)) }
    }
}

extension Correction {
    fileprivate init?(_ json: JSONValue) {
        guard let id = json["id"]?.stringValue, let corrector = json["corrector"]?.stringValue,
            let corrected = json["corrected"]?.stringValue, let date = json["createdAt"]?.integerValue
        else { return nil }
        self.init(
            id: id, corrector: corrector, originalText: json["original"]?.stringValue ?? "", correctedText: corrected,
            explanation: json["explanation"]?.stringValue ?? "", createdAt: Date(milliseconds: date),
            isAccepted: json["isAccepted"]?.boolValue ?? false)
    }

    fileprivate var json: JSONValue {
        [
            "id": .string(id), "corrector": .string(corrector), "original": .string(originalText),
            "corrected": .string(correctedText), "explanation": .string(explanation),
            "createdAt": .integer(createdAt.milliseconds), "isAccepted": .bool(isAccepted),
        ]
    }
}
