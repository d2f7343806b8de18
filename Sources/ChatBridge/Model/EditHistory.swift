public import Foundation
import JSON

/// A text that a message had before it was edited.
public struct PreviousVersion: Sendable, Hashable {
    /// The text.
    public var text: String
    /// When it was replaced.
    public var editedAt: Date

    /// A former text.
    public init(text: String, editedAt: Date) {
        self.text = text
        self.editedAt = editedAt
    }
}

extension ChatMessage {
    /// What it said before, the oldest first, in dialects that keep it; see ``ChatRules/editHistory``.
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
            var members = details.objectValue ?? [:]
            members["editHistory"] = .array(
                newValue.map { ["text": .string($0.text), "editedAt": .integer($0.editedAt.milliseconds)] })
            details = .object(members)
        }
    }

    /// Gives it a new text; what it said before is kept with `history` former texts at most.
    mutating func edit(_ text: String, at date: Date, history: Int) {
        if history > 0 {
            editHistory = Array((editHistory + [PreviousVersion(text: self.text, editedAt: date)]).suffix(history))
        }
        (self.text, editedAt, updatedAt) = (text, date, date)
    }
}
