import Foundation
import JSON

/// The form that IDs of clients and the chat server must have. Of all texts that look alike or are canonically equal at most one
/// has the form, so that comparing IDs as bytes (SQLite) or as text (Swift's `String`) gives the same result.
public enum ChatIdentifier {
    /// The longest id, in bytes of UTF-8.
    public static let maximumBytes = 128

    /// Whether `id` has the form: 1 to 128 bytes in Unicode's normal form C, without control characters, characters that are
    /// invisible or change the direction of text, and code points that are not assigned in the Unicode version of this program
    /// (whose normal form is not known either).
    public static func isValid(_ id: String) -> Bool {
        guard (1...maximumBytes).contains(id.utf8.count) else { return false }
        // Printable ASCII, as in nearly all IDs, is its own normal form.
        if id.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return true }
        return id.unicodeScalars.allSatisfy(isAllowed)
            && id.precomposedStringWithCanonicalMapping.utf8.elementsEqual(id.utf8)
    }

    /// Whether a character may be in an ID: it is visible, assigned, and does not change the direction of text.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        // The replacement character stands for bytes that are not UTF-8: different bytes would be one ID.
        if scalar == "\u{FFFD}" { return false }
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint || properties.isBidiControl { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: return false
        // Interlinear annotation characters are invisible, too.
        case .format: return !("\u{FFF9}"..."\u{FFFB}").contains(scalar)
        default: return true
        }
    }

    /// Whether two texts are the same bytes; Swift's `==` also holds for canonically equivalent ones.
    static func areSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    /// An ID that was stored before IDs had to have the form, as one that has it and equals no other ID: what is not printable
    /// ASCII is percent-encoded. No caller has that ID.
    package static func escaped(_ id: String) -> String {
        if isValid(id) { return id }
        return id.utf8.reduce(into: "") { text, byte in
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension JSONValue {
    /// The IDs in an array; elements that do not have the form of an ID are left out.
    package var identifiers: [String] { arrayValue?.compactMap(\.stringValue).filter(ChatIdentifier.isValid) ?? [] }
}
