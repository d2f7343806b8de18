/// Finds the users whom a text names by an `@` and their name. The names are a tree of their characters, so that the number of names
/// does not matter to a text.
struct MentionFinder {
    /// The most mentions of one message.
    static let maximumMentions = 50
    /// At how many `@` of a text a name is looked for: what follows is no text that names users.
    static let maximumPlaces = 1_000
    /// A longer name is not found, in characters: the work at one `@`.
    static let maximumNameLength = 128

    /// What may follow after some characters of a name.
    private struct Node {
        /// The node after the next character, by that character in lower case.
        var next: [String: Int] = [:]
        /// The name that ends here, with its user.
        var name: (text: String, user: String)?
    }

    private var nodes = [Node()]

    /// Finds `users` by their display names and user names. Of several users of one name the first one is found.
    init(_ users: some Sequence<ChatUser>) {
        for user in users {
            for name in Set([user.name, user.username]).sorted() { add(name, of: user.id) }
        }
    }

    /// The mentions in `text`, regardless of case. A name that goes on with a letter, digit or `_` is another name, and an `@` after
    /// one of these is part of an e-mail address.
    func mentions(in text: String) -> [Mention] {
        let characters = Array(text)
        var mentions: [Mention] = []
        var (index, offset, places) = (0, 0, 0)
        while index < characters.count, mentions.count < Self.maximumMentions, places < Self.maximumPlaces {
            var end = index + 1
            var found: (text: String, user: String)?
            if characters[index] == "@", index == 0 || !Self.isPartOfName(characters[index - 1]) {
                places += 1
                if let name = name(in: characters, at: end) { (found, end) = (name.name, name.end) }
            }
            let next = characters[index..<end].reduce(offset) { $0 + $1.utf16.count }
            if let found {
                mentions.append(
                    Mention(user: found.user, username: found.text, startIndex: offset, endIndex: next))
            }
            (index, offset) = (end, next)
        }
        return mentions
    }

    private mutating func add(_ name: String, of user: String) {
        guard !name.isEmpty, name.count <= Self.maximumNameLength else { return }
        var place = 0
        for character in name {
            let folded = character.lowercased()
            if let next = nodes[place].next[folded] {
                place = next
            } else {
                nodes.append(Node())
                nodes[place].next[folded] = nodes.count - 1
                place = nodes.count - 1
            }
        }
        if nodes[place].name == nil { nodes[place].name = (name, user) }
    }

    /// The longest name that begins at a place of the text, and where the text goes on after it.
    private func name(
        in text: [Character], at start: Int
    ) -> (name: (text: String, user: String), end: Int)? {
        var (place, end) = (0, start)
        var longest: (name: (text: String, user: String), end: Int)?
        while end < text.count, let next = nodes[place].next[text[end].lowercased()] {
            (place, end) = (next, end + 1)
            if let name = nodes[place].name, end == text.count || !Self.isPartOfName(text[end]) {
                longest = (name, end)
            }
        }
        return longest
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
