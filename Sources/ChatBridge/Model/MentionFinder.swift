/// Finds the users whom a text names by an `@` and their name. What follows each `@` is kept in a tree of its characters, in which the
/// names are looked up: so memory depends on the text alone, however many names there are and however long they are.
struct MentionFinder {
    /// The most mentions of one message.
    static let maximumMentions = 50
    /// At how many `@` of a text a name is looked for: what follows is no text that names users.
    static let maximumPlaces = 1_000
    /// A longer name is not found, in characters.
    static let maximumNameLength = 128

    /// A place in the tree: what some characters after an `@` may go on with.
    private struct Node {
        /// The node after the next character, by that character in lower case.
        var next: [String: Int] = [:]
        /// The name that ends here, with its user.
        var name: (text: String, user: String)?
    }

    private let characters: [Character]
    /// The indexes of the `@` that may begin a mention.
    private var places: [Int] = []
    private var nodes = [Node()]

    /// The mentions of `users` in `text`, see ``mentions(of:)``.
    static func mentions(of users: some Sequence<ChatUser>, in text: String) -> [Mention] {
        var finder = MentionFinder(text)
        return finder.mentions(of: users)
    }

    /// Prepares the search in `text`. An `@` after a letter, digit or `_` is part of an e-mail address.
    init(_ text: String) {
        characters = Array(text)
        for index in characters.indices where characters[index] == "@" {
            guard index == 0 || !Self.isPartOfName(characters[index - 1]) else { continue }
            guard places.count < Self.maximumPlaces else { break }
            places.append(index)
            insert(characters[(index + 1)...].prefix(Self.maximumNameLength))
        }
    }

    /// The mentions of `users` by their display names and user names, regardless of case. Of several users of one name the first one
    /// is found. A name that goes on with a letter, digit or `_` is another name.
    mutating func mentions(of users: some Sequence<ChatUser>) -> [Mention] {
        for user in users {
            for name in Set([user.name, user.username]).sorted() { mark(name, of: user.id) }
        }
        var mentions: [Mention] = []
        var (end, offset) = (0, 0)
        for place in places where place >= end {
            guard mentions.count < Self.maximumMentions else { break }
            guard let found = name(after: place) else { continue }
            let start = offset + length(end..<place)
            offset = start + length(place..<found.end)
            end = found.end
            mentions.append(
                Mention(user: found.user, username: found.text, startIndex: start, endIndex: offset))
        }
        return mentions
    }

    private mutating func insert(_ characters: ArraySlice<Character>) {
        var node = 0
        for character in characters {
            let folded = character.lowercased()
            if let next = nodes[node].next[folded] {
                node = next
            } else {
                nodes.append(Node())
                nodes[node].next[folded] = nodes.count - 1
                node = nodes.count - 1
            }
        }
    }

    /// Marks where a name ends in the tree, if it is there.
    private mutating func mark(_ name: String, of user: String) {
        guard !name.isEmpty else { return }
        var node = 0
        for character in name {
            guard let next = nodes[node].next[character.lowercased()] else { return }
            node = next
        }
        if nodes[node].name == nil { nodes[node].name = (name, user) }
    }

    /// The longest name after the `@` at an index of the text, and the index after it.
    private func name(after place: Int) -> (text: String, user: String, end: Int)? {
        var (node, end) = (0, place + 1)
        var longest: (text: String, user: String, end: Int)?
        while end < characters.count, let next = nodes[node].next[characters[end].lowercased()] {
            (node, end) = (next, end + 1)
            if let name = nodes[node].name, end == characters.count || !Self.isPartOfName(characters[end]) {
                longest = (name.text, name.user, end)
            }
        }
        return longest
    }

    /// The UTF-16 code units of a range of characters.
    private func length(_ range: Range<Int>) -> Int { characters[range].reduce(0) { $0 + $1.utf16.count } }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
