import Foundation

/// E-mail addresses of accounts.
package enum EmailAddress {
    /// The longest address, in bytes (RFC 5321 section 4.5.3.1.3, without the brackets).
    private static let maximumBytes = 254

    /// Whether `text` has the form of an address: a local part, and a domain of at least two labels, of visible characters that stand for
    /// no others. Whether it exists is known only when a message to it arrives.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumBytes else { return false }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count) else { return false }
        guard
            text.unicodeScalars.allSatisfy({ ChatIdentifier.isAllowed($0) && !$0.properties.isWhitespace }),
            // Full-width letters and their like look like other addresses.
            text.precomposedStringWithCompatibilityMapping == text
        else {
            return false
        }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { (1...63).contains($0.utf8.count) }
    }

    /// The form in which addresses are compared: in lower case, and in Unicode's normal form C, because systems write the same letter
    /// with an accent in different ways. Few providers distinguish the case of local parts, and none gives
    /// addresses that differ in it alone to different people.
    package static func key(_ text: String) -> String { text.lowercased().precomposedStringWithCanonicalMapping }
}
