import Bytes

/// A field's value and its parameters: `form-data; name="a"; filename="b"` (RFC 9110 section 5.6.6).
struct FieldParameters {
    /// The text before the first semicolon.
    let value: String
    private var parameters: [(name: String, value: [UInt8])] = []

    /// `nil` when the parameters cannot be read.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        func skipBlanks() { bytes = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
        let first = bytes.prefix { $0 != UInt8(ascii: ";") }
        value = trimmingWhitespace(String(decoding: first, as: UTF8.self))
        bytes = bytes.dropFirst(first.count)
        while bytes.first == UInt8(ascii: ";") {
            bytes.removeFirst()
            skipBlanks()
            let name = bytes.prefix(while: \.isTokenByte)
            bytes = bytes.dropFirst(name.count)
            skipBlanks()
            // An empty parameter: an extra semicolon.
            if name.isEmpty && (bytes.isEmpty || bytes.first == UInt8(ascii: ";")) { continue }
            guard !name.isEmpty, bytes.popFirst() == UInt8(ascii: "=") else { return nil }
            skipBlanks()
            let value: [UInt8]
            if bytes.first == UInt8(ascii: "\"") {
                guard let quoted = Self.quotedString(&bytes) else { return nil }
                value = quoted
            } else {
                let plain = bytes.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
                bytes = bytes.dropFirst(plain.count)
                value = Array(plain)
            }
            skipBlanks()
            guard bytes.isEmpty || bytes.first == UInt8(ascii: ";") else { return nil }
            parameters.append((String(decoding: name, as: UTF8.self), value))
        }
    }

    /// A backslash escapes a quote or a backslash; before anything else it is kept, as in the paths that some
    /// clients send.
    private static func quotedString(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        bytes.removeFirst()
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\"") { return result }
            if byte == UInt8(ascii: "\\"), let next = bytes.first,
                next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            {
                bytes.removeFirst()
                result.append(next)
            } else {
                result.append(byte)
            }
        }
        return nil
    }

    /// The first value of the parameter `name`.
    subscript(name: String) -> String? {
        parameters.first { equalsIgnoringCase($0.name, name) }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// The value of `name*` (RFC 8187): character set, language and percent-encoded text.
    func extended(_ name: String) -> String? {
        guard let text = self[name + "*"] else { return nil }
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = PercentEncoding.decode(parts[2]) else { return nil }
        if equalsIgnoringCase(parts[0], "utf-8") { return String(validating: bytes, as: UTF8.self) }
        guard equalsIgnoringCase(parts[0], "iso-8859-1") else { return nil }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
