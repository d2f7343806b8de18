/// A media type (RFC 9110, section 8.3.1), perhaps with parameters: `audio/webm;codecs=opus`. Parameters are checked and
/// dropped: two media types are equal when their essences are.
public struct MediaType: Sendable, Hashable {
    /// Type and subtype in lower case, without parameters: `audio/webm`.
    public let essence: String

    /// Parses `text`; `nil` for anything that is not a media type. A parameter's value may contain what recorders write
    /// without quotes (`codecs=vp8,opus`).
    public init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        Self.skipBlanks(&bytes)
        guard let type = Self.token(&bytes), Self.skip("/", &bytes), let subtype = Self.token(&bytes) else {
            return nil
        }
        essence = (type + "/" + subtype).lowercased()
        Self.skipBlanks(&bytes)
        while Self.skip(";", &bytes) {
            Self.skipBlanks(&bytes)
            // RFC 9110 allows empty parameters: `text/plain;; charset=utf-8`.
            guard let first = bytes.first, first != UInt8(ascii: ";") else { continue }
            guard Self.token(&bytes) != nil, Self.skip("=", &bytes), Self.skipValue(&bytes) else { return nil }
            Self.skipBlanks(&bytes)
        }
        guard bytes.isEmpty else { return nil }
    }

    private static func skipBlanks(_ bytes: inout ArraySlice<UInt8>) { bytes = bytes.drop { $0 == 32 || $0 == 9 } }

    private static func skip(_ character: Unicode.Scalar, _ bytes: inout ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    private static func token(_ bytes: inout ArraySlice<UInt8>) -> String? {
        let token = bytes.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        bytes = bytes.dropFirst(token.count)
        return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
    }

    /// Skips a parameter's value, quoted or not; returns whether there was one.
    private static func skipValue(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        guard skip("\"", &bytes) else {
            let value = bytes.prefix { (33...126).contains($0) && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") }
            bytes = bytes.dropFirst(value.count)
            return !value.isEmpty
        }
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\"), bytes.popFirst() == nil { return false }
        }
        return false
    }
}
