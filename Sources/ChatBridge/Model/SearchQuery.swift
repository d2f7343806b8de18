/// What an index is asked for a search, made of the words that a user has written.
package struct SearchQuery: Sendable, Hashable {
    /// The most prefixes that the index is asked for; what they leave out is compared with the texts.
    static let maximumPrefixes = 24

    /// A text is found if for each of these it has a term that begins so, and contains all of ``contained``. The longest, which
    /// the fewest texts have, come first.
    package private(set) var prefixes: [String] = []
    /// The words that the folded text must contain as they are: those that are several terms, or longer than a term.
    package private(set) var contained: [String] = []

    /// The query for the words of `text`; it has no prefix if `text` has no word.
    package init(_ text: String) {
        let words = SearchText.words(text).map { (text: $0, parts: Self.parts(of: $0)) }
        let wanted = Set(words.flatMap { $0.parts.map(\.term) })
        let sorted = wanted.sorted { ($1.unicodeScalars.count, $0) < ($0.unicodeScalars.count, $1) }
        prefixes = Array(sorted.prefix(Self.maximumPrefixes))
        let omitted = Set(sorted.dropFirst(Self.maximumPrefixes))
        for word in words
        where word.parts.count > 1 || word.parts.contains(where: { $0.isCut || omitted.contains($0.term) }) {
            contained.append(word.text)
        }
    }

    private static func parts(of word: String) -> [(term: String, isCut: Bool)] {
        var parts: [(term: String, isCut: Bool)] = []
        SearchTerms.forEach(in: word) { term, isCut in
            parts.append((term, isCut))
            return true
        }
        return withoutRunEnds(parts)
    }

    /// The least text that is greater than all that begin with `prefix`, compared by bytes of UTF-8.
    package static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }

    /// The parts without the last characters of runs, which are terms only so that searches for one character find them: the pair
    /// before has them.
    private static func withoutRunEnds(_ parts: [(term: String, isCut: Bool)]) -> [(term: String, isCut: Bool)] {
        parts.enumerated().filter { index, part in
            guard index > 0, part.term.unicodeScalars.count == 1 else { return true }
            let before = parts[index - 1].term.unicodeScalars
            return !(before.count == 2 && before.last == part.term.unicodeScalars.first)
        }.map(\.element)
    }
}
