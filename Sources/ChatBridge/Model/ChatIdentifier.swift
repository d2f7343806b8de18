import Foundation
import JSON

/// The form that ids from outside must have. Identifiers are bytes: of all texts that look alike or are canonically equal one
/// at most has the form, so that it is the same whether ids are compared as bytes (SQLite) or as text (Swift's `String`).
public enum ChatIdentifier {
    /// The longest id, in bytes of UTF-8.
    public static let maximumBytes = 128

    /// Whether `id` has the form: 1 to 128 bytes in Unicode's normal form C, without control characters, characters that
    /// nobody sees or that turn the direction of text, and code points that no version of Unicode known here has assigned
    /// (their normal form is not known either).
    public static func isValid(_ id: String) -> Bool {
        guard (1...maximumBytes).contains(id.utf8.count) else { return false }
        // Nearly all ids: printable ASCII is its own normal form.
        if id.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return true }
        return id.unicodeScalars.allSatisfy(isAllowed)
            && id.precomposedStringWithCanonicalMapping.utf8.elementsEqual(id.utf8)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        // What stands for bytes that were no text: different bytes would be one id.
        if scalar == "\u{FFFD}" { return false }
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint || properties.isBidiControl { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: return false
        // Interlinear annotation is not seen either.
        case .format: return !("\u{FFF9}"..."\u{FFFB}").contains(scalar)
        default: return true
        }
    }

    /// Whether two texts are the same bytes; Swift's `==` also says so of canonically equal ones.
    static func areSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    /// An id that was kept before ids had to have the form, as one that has it and is no other id's: with what is not
    /// printable ASCII percent-encoded. It names nobody who can call.
    static func escaped(_ id: String) -> String {
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
    /// The ids that an array holds; what has not the form of one is left out.
    var identifiers: [String] { arrayValue?.compactMap(\.stringValue).filter(ChatIdentifier.isValid) ?? [] }
}
