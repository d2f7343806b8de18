/// The terms under which a search finds a text: the index of messages has a row for each.
///
/// A term is a word, in scripts that separate words; in scripts that do not (Thai, Chinese, Japanese and others), each pair of
/// characters that follow each other, and the last character of a run; and each symbol. Everything is folded by ``SearchText``, so
/// that all stores agree. A search looks for terms that begin with what the user has written: the beginning of a word finds it, and
/// any part of a Thai or Chinese text does.
package enum SearchTerms {
    /// The longest term, in Unicode scalars; of a longer word, so many are the term.
    package static let maximumLength = 24
    /// The most terms of a text: more than 16 KiB of any language have. Of a text with more, only the first are found.
    package static let maximumCount = 4_096

    /// The different terms of `text`, in order.
    package static func terms(of text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        var terms: Set<String> = []
        forEach(in: SearchText.folded(text)) { term, _ in
            terms.insert(term)
            return terms.count < maximumCount
        }
        return terms.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Calls `body` with each term of a folded text, in order, until it returns `false`. `isCut` says that the term is the beginning of
    /// a longer word.
    static func forEach(in folded: String, _ body: (_ term: String, _ isCut: Bool) -> Bool) {
        var scanner = TermScanner()
        for scalar in folded.unicodeScalars {
            guard scanner.read(scalar, body) else { return }
        }
        _ = scanner.end(body)
    }

    /// Collects scalars until a term ends.
    private struct TermScanner {
        private var word = String.UnicodeScalarView()
        private var length = 0
        private var previous: Unicode.Scalar?

        mutating func read(_ scalar: Unicode.Scalar, _ body: (String, Bool) -> Bool) -> Bool {
            switch ScalarClass(scalar) {
            case .word:
                guard endRun(body) else { return false }
                length += 1
                if length <= maximumLength { word.append(scalar) }
                return true
            case .unseparated:
                guard endWord(body) else { return false }
                defer { previous = scalar }
                guard let previous else { return true }
                return body(String(String.UnicodeScalarView([previous, scalar])), false)
            case .symbol:
                return end(body) && body(String(Character(scalar)), false)
            case .separator:
                return end(body)
            }
        }

        mutating func end(_ body: (String, Bool) -> Bool) -> Bool { endWord(body) && endRun(body) }

        private mutating func endWord(_ body: (String, Bool) -> Bool) -> Bool {
            guard length > 0 else { return true }
            defer { (word, length) = (String.UnicodeScalarView(), 0) }
            return body(String(word), length > maximumLength)
        }

        private mutating func endRun(_ body: (String, Bool) -> Bool) -> Bool {
            guard let last = previous else { return true }
            previous = nil
            return body(String(Character(last)), false)
        }
    }
}

/// What a scalar is to a search.
private enum ScalarClass {
    /// A letter, digit or mark of a script that separates words.
    case word
    /// A character of a script that does not.
    case unseparated
    /// Punctuation, an emoji or another symbol, also one that this program does not know: a term by itself.
    case symbol
    /// White space or a control character.
    case separator

    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": self = .word
            case "\u{21}"..."\u{7E}": self = .symbol
            default: self = .separator
            }
            return
        }
        if Self.unseparatedScripts.contains(where: { $0.contains(scalar.value) }) {
            self = .unseparated
            return
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            self = .word
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate:
            self = .separator
        default: self = .symbol
        }
    }

    /// Thai and Lao; Tibetan; Myanmar; Hangul; Khmer; kana, Bopomofo and other scripts of East Asia; ideographs.
    private static let unseparatedScripts: [ClosedRange<UInt32>] = [
        0x0E00...0x0EFF, 0x0F00...0x0FFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x2E80...0x2FDF,
        0x3005...0x3007, 0x3021...0x302F, 0x3031...0x3035, 0x3040...0x312F, 0x3130...0x318F, 0x31A0...0x31BF,
        0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF,
        0x20000...0x3FFFF,
    ]
}
