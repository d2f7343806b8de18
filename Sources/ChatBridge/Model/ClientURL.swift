/// Addresses that a client gives, and that other clients load or open.
package enum ClientURL {
    /// Whether `text` is an http or https URL with a host, and without characters that a URL never has as they are: blanks, line breaks,
    /// quotation marks, and what is invisible or changes the direction of text.
    package static func isValid(_ text: String) -> Bool {
        let start = text.prefix { $0 != ":" }.lowercased() + "://"
        guard ["http://", "https://"].contains(start), text.utf8.count > start.utf8.count,
            text.lowercased().hasPrefix(start)
        else { return false }
        let rest = text.utf8.dropFirst(start.utf8.count)
        guard let first = rest.first, !"/?#".utf8.contains(first) else { return false }
        return text.unicodeScalars.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return (0x21...0x7E).contains(scalar.value) && !notInURLs.contains(scalar) }
        return ChatIdentifier.isAllowed(scalar) && !scalar.properties.isWhitespace
    }

    /// Printable, and yet never in a URL as they are (RFC 3986 section 2).
    private static let notInURLs = Set("\"<>\\^`{|}".unicodeScalars)
}
