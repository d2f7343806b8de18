import Foundation

/// The form in which a search compares texts: without regard to case, accents and width, in every script.
package enum SearchText {
    /// The most words of one search.
    package static let maximumWords = 64

    /// `text` in the form in which texts are compared: two that differ in case (also `ß` and `SS`), in accents of Latin,
    /// Greek and Cyrillic letters, in how they are composed, or in width, have one form.
    package static func folded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased() }
        let plain = text.decomposedStringWithCompatibilityMapping.unicodeScalars.filter { !accents.contains($0.value) }
        // Upper case first: some letters have several lower forms, and some no single upper one.
        return String(String.UnicodeScalarView(plain)).uppercased().lowercased().precomposedStringWithCanonicalMapping
    }

    /// The words of a search, folded. Punctuation around a word is ignored, unless there is nothing else.
    package static func words(_ text: String) -> [String] {
        let words = folded(text).split(whereSeparator: \.isWhitespace).map { word in
            let rest = word.drop { $0.isPunctuation }
            let bare = String(rest.reversed().drop { $0.isPunctuation }.reversed())
            return bare.isEmpty ? String(word) : bare
        }
        return Array(Set(words)).sorted()
    }

    private static let accents: ClosedRange<UInt32> = 0x0300...0x036F
}
