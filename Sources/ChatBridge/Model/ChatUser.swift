public import JSON

/// How far a user is trusted.
public struct UserType: RawRepresentable, Sendable, Hashable, Codable {
    /// The word of the token and of the record.
    public let rawValue: String
    /// A type by its word.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Somebody with an account.
    public static let regular = UserType(rawValue: "regular")
    /// Somebody passing by: fewer messages a day.
    public static let visitor = UserType(rawValue: "visitor")
}

/// What the chat server told of a user.
public struct ChatUser: Sendable, Hashable, Codable {
    /// As the chat server spells it.
    public var id: String
    /// The display name. Of a user nobody told of, the id.
    public var name: String
    /// Addresses of pictures.
    public var images: [String]
    /// How far the user is trusted.
    public var userType: UserType
    /// What else was told: `email`, `preferredLanguage`, … for the dialects that show it.
    public var details: JSONValue

    /// A user; without a name the id is the name.
    public init(
        id: String, name: String? = nil, images: [String] = [], userType: UserType = .regular,
        details: JSONValue = .object([:])
    ) {
        self.id = id
        self.name = name ?? id
        self.images = images
        self.userType = userType
        self.details = details
    }
}

extension ChatUser {
    /// The name that a user is called by in dialects that tell it apart from the display name: what the chat server told
    /// as `details.username`, else the one name that is known.
    public var username: String { detail("username") ?? name }

    /// The name that is shown: what the chat server told as `details.displayName`, else the one name that is known; where
    /// that is the id alone, the user name.
    public var displayName: String { detail("displayName") ?? (name == id ? username : name) }

    private func detail(_ key: String) -> String? {
        details[key]?.stringValue.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    }
}

/// Who calls, as their token says.
public struct ChatCaller: Sendable, Hashable {
    /// The user.
    public var id: String
    /// The token's own `name`, the start of a record for somebody not told of yet.
    public var name: String?
    /// The token's own `userType`. A visitor is one whose token or record says so.
    public var userType: UserType?

    /// A caller.
    public init(id: String, name: String? = nil, userType: UserType? = nil) {
        self.id = id
        self.name = name
        self.userType = userType
    }
}
