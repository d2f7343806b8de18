import JSON

/// A place in a message's text that names a user.
public struct Mention: Sendable, Hashable {
    /// The user.
    public var user: String
    /// The name by which the text names them, as it is in their record.
    public var username: String
    /// Where the `@` before the name is, in UTF-16 code units, as JavaScript counts characters.
    public var startIndex: Int
    /// Where the text goes on after the name, in UTF-16 code units.
    public var endIndex: Int

    /// A mention.
    public init(user: String, username: String, startIndex: Int, endIndex: Int) {
        self.user = user
        self.username = username
        self.startIndex = startIndex
        self.endIndex = endIndex
    }
}

extension ChatMessage {
    /// The users whom its text names, in the order of the text, in dialects that find them; see ``ChatRules/findsMentions``.
    public var mentions: [Mention] {
        get { self[detail: "mentions"]?.arrayValue?.compactMap(Mention.init) ?? [] }
        set { self[detail: "mentions"] = newValue.isEmpty ? nil : .array(newValue.map(\.json)) }
    }
}

extension Mention {
    fileprivate init?(_ json: JSONValue) {
        guard let user = json["user"]?.stringValue, let username = json["username"]?.stringValue,
            let start = json["startIndex"]?.integerValue, let end = json["endIndex"]?.integerValue
        else { return nil }
        self.init(user: user, username: username, startIndex: start, endIndex: end)
    }

    fileprivate var json: JSONValue {
        [
            "user": .string(user), "username": .string(username), "startIndex": .integer(startIndex),
            "endIndex": .integer(endIndex),
        ]
    }
}
