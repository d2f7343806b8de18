import Foundation

/// The form in which a search compares texts: without regard to case, marks and width, in every script.
package enum SearchText {
    /// The most words of one search.
    package static let maximumWords = 64

    /// `text` in the form in which texts are compared. Two texts have one form if they differ only in case (also `ß` and `SS`),
    /// in how characters are composed, in width, in characters that are invisible (joiners, variation selectors), or in marks that
    /// readers of the script may leave out: accents of Latin, Greek and Cyrillic letters, vowel signs of Arabic and Hebrew. Marks
    /// that make another letter stay: vowels and tones of Thai, vowel signs of Indic scripts, the voicing of kana.
    package static func folded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased() }
        let plain = text.decomposedStringWithCompatibilityMapping.unicodeScalars.filter { !isIgnored($0) }
        // Upper case first: some letters have several lower forms, and some no single upper one.
        return String(String.UnicodeScalarView(plain)).uppercased().lowercased().precomposedStringWithCanonicalMapping
    }

    /// The words of a search, folded. Punctuation around a word is ignored, unless there is nothing else.
    package static func words(_ text: String) -> [String] {
        let words = folded(text).split { $0.isWhitespace || isControl($0) }.map { word in
            let rest = word.drop { $0.isPunctuation }
            let bare = String(rest.reversed().drop { $0.isPunctuation }.reversed())
            return bare.isEmpty ? String(word) : bare
        }
        return Array(Set(words)).sorted()
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }

    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0xAD else { return false }
        return optionalMarks.contains { $0.contains(scalar.value) } || scalar.properties.isDefaultIgnorableCodePoint
    }

    /// Combining marks of Latin, Greek and Cyrillic; points of Hebrew (without its punctuation); vowel signs, the elongation and
    /// annotations of Arabic; combining marks of symbols.
    private static let optionalMarks: [ClosedRange<UInt32>] = [
        0x0300...0x036F, 0x0483...0x0489, 0x0591...0x05BD, 0x05BF...0x05BF, 0x05C1...0x05C2, 0x05C4...0x05C5,
        0x05C7...0x05C7, 0x0610...0x061A, 0x0640...0x0640, 0x064B...0x065F, 0x0670...0x0670, 0x06D6...0x06ED,
        0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F,
    ]
}
