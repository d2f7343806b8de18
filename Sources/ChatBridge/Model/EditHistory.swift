public import Foundation
import JSON

/// A text that a message had before it was edited.
public struct PreviousVersion: Sendable, Hashable {
    /// The text.
    public var text: String
    /// When it was replaced.
    public var editedAt: Date

    /// A previous text.
    public init(text: String, editedAt: Date) {
        self.text = text
        self.editedAt = editedAt
    }
}

extension ChatMessage {
    /// Its previous texts, the oldest first, in dialects that keep them; see ``ChatRules/editHistory``.
    public var editHistory: [PreviousVersion] {
        get {
            (details["editHistory"]?.arrayValue ?? []).compactMap { entry in
                guard let text = entry["text"]?.stringValue, let date = entry["editedAt"]?.integerValue else {
                    return nil
                }
                return PreviousVersion(text: text, editedAt: Date(milliseconds: date))
            }
        }
        set {
            self[detail: "editHistory"] = .array(
                newValue.map { ["text": .string($0.text), "editedAt": .integer($0.editedAt.milliseconds)] })
        }
    }

    /// The size of all previous texts of a message, in bytes of UTF-8: they are part of it wherever it is shown. The oldest are dropped.
    static let maximumHistoryBytes = 49_152

    /// Replaces its text, of which translations are dropped; at most `history` previous texts are kept.
    /// - Parameter mentions: the users whom the new text names; `nil` to leave them as they are.
    package mutating func edit(_ text: String, mentions: [Mention]? = nil, at date: Date, history: Int) {
        if history > 0 {
            var versions = (editHistory + [PreviousVersion(text: self.text, editedAt: date)]).suffix(history)
            var size = versions.reduce(0) { $0 + $1.text.utf8.count }
            while size > Self.maximumHistoryBytes, let first = versions.popFirst() { size -= first.text.utf8.count }
            editHistory = Array(versions)
        }
        if let mentions { self.mentions = mentions }
        if !translations.isEmpty { translations = [] }
        (self.text, editedAt, updatedAt) = (text, date, date)
    }
}
