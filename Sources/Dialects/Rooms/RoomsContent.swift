import ChatBridge
import JSON

/// The `content` of a message, which the reference's schema declares as Mixed. A string is stored unchanged; an object
/// or an array is stored as its JSON text after a marker, so that edits, edit histories and forwards handle it like any
/// text.
package struct RoomsContent {
    /// The marker of JSON content. A string that begins with it is stored as JSON too, so no plain text begins with it.
    private static let mark: Character = "\u{1}"

    /// The text that the message stores.
    let text: String

    /// The content of the JSON `value`; empty for `null`.
    /// - Throws: ``ChatError`` `invalidRequest` for a number or boolean.
    init(_ value: JSONValue) throws(ChatError) {
        switch value {
        case .null: text = ""
        case .string(let own) where own.unicodeScalars.first != "\u{1}": text = own
        case .bool, .integer, .number: throw ChatError(.invalidRequest, RoomsTexts.text("content"))
        case .string, .array, .object: text = String(Self.mark) + value.encodedText()
        }
    }

    /// The JSON value that clients receive for a stored text.
    static func json(_ text: String) -> JSONValue {
        guard text.unicodeScalars.first == "\u{1}",
            let value = try? JSONValue(parsing: String(text.unicodeScalars.dropFirst()))
        else { return .string(text) }
        return value
    }
}
