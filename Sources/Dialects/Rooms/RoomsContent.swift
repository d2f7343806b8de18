import ChatBridge
import JSON

/// What a message says: `content`, which the reference's schema calls Mixed. A text is kept as it is; an object or an array
/// is kept as its text behind a mark, where everything that is done with texts (edits, their history, forwards) does for
/// it, too.
package struct RoomsContent {
    /// No text begins so: one that does is kept as JSON itself.
    private static let mark: Character = "\u{1}"

    /// As the message keeps it.
    let text: String

    /// What `value` says; nothing for `null`. A bare number or boolean says nothing to anybody, and is refused.
    init(_ value: JSONValue) throws(ChatError) {
        switch value {
        case .null: text = ""
        case .string(let own) where own.unicodeScalars.first != "\u{1}": text = own
        case .bool, .integer, .number: throw ChatError(.invalidRequest, RoomsRefusalMessages.text("content"))
        case .string, .array, .object: text = String(Self.mark) + value.encodedText()
        }
    }

    /// What a message's text says to clients.
    static func json(_ text: String) -> JSONValue {
        guard text.unicodeScalars.first == "\u{1}",
            let value = try? JSONValue(parsing: String(text.unicodeScalars.dropFirst()))
        else { return .string(text) }
        return value
    }
}
