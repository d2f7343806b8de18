/// Finds the users whom a text names by an `@` and their name.
struct MentionFinder {
    /// The most mentions of one message.
    static let maximumMentions = 50

    /// The names to find, each with its user; longer ones first, because one may begin with another.
    private let names: [(name: String, folded: [String], user: String)]

    /// Finds `users` by their display names and user names.
    init(_ users: some Sequence<ChatUser>) {
        let all = users.flatMap { user in
            Set([user.name, user.username]).sorted().map { name in
                (name: name, folded: name.map { $0.lowercased() }, user: user.id)
            }
        }
        names = all.filter { !$0.folded.isEmpty }.sorted { $0.folded.count > $1.folded.count }
    }

    /// The mentions in `text`, regardless of case. A name that goes on with a letter, digit or `_` is another name, and an `@` after
    /// one of these is part of an e-mail address.
    func mentions(in text: String) -> [Mention] {
        var mentions: [Mention] = []
        var index = text.startIndex
        var before: Character?
        while index < text.endIndex, mentions.count < Self.maximumMentions {
            if text[index] == "@", !(before.map(Self.isPartOfName) ?? false), let found = mention(in: text, at: index) {
                mentions.append(found.mention)
                before = text[text.index(before: found.end)]
                index = found.end
            } else {
                before = text[index]
                index = text.index(after: index)
            }
        }
        return mentions
    }

    private func mention(in text: String, at start: String.Index) -> (mention: Mention, end: String.Index)? {
        for (name, folded, user) in names {
            var end = text.index(after: start)
            let isSame = folded.allSatisfy { character in
                guard end < text.endIndex, text[end].lowercased() == character else { return false }
                end = text.index(after: end)
                return true
            }
            guard isSame, end == text.endIndex || !Self.isPartOfName(text[end]) else { continue }
            let mention = Mention(
                user: user, username: name, startIndex: start.utf16Offset(in: text),
                endIndex: end.utf16Offset(in: text))
            return (mention, end)
        }
        return nil
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
