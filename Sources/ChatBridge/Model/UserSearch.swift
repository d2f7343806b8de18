import JSON

/// By which texts a search finds users: every part of their user name and of their e-mail address, as a search compares texts.
package enum UserSearch {
    /// The shortest text of a search, in Unicode scalars.
    package static let minimumLength = 2
    /// How much of a text is compared, in Unicode scalars.
    static let maximumLength = 32
    /// How much of a name is found, in Unicode scalars.
    private static let searchedLength = 64

    /// The ends of a user's name and address: one of them begins with a text that the name or address contains.
    package static func keys(of user: ChatUser) -> Set<String> {
        let texts = [user.username, user.details["email"]?.stringValue].compactMap(\.self)
        return texts.reduce(into: []) { keys, text in
            let scalars = Array(SearchText.folded(text).unicodeScalars.prefix(searchedLength))
            for start in scalars.indices.dropLast(minimumLength - 1) {
                keys.insert(String(String.UnicodeScalarView(scalars[start...].prefix(maximumLength))))
            }
        }
    }

    /// From where to where the keys are of the users that a search finds; `nil` where its text is too short.
    package static func bounds(of text: String) -> (lower: String, upper: String)? {
        let scalars = SearchText.folded(text).unicodeScalars.prefix(maximumLength)
        guard scalars.count >= minimumLength else { return nil }
        let lower = String(String.UnicodeScalarView(scalars))
        return (lower, lower + "\u{10FFFF}")
    }
}
