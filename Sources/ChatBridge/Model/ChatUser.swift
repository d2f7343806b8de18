public import JSON

/// The trust level of a user.
public struct UserType: RawRepresentable, Sendable, Hashable, Codable {
    /// The name of it in tokens and records.
    public let rawValue: String
    /// A type by its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A user with an account.
    public static let regular = UserType(rawValue: "regular")
    /// A user without an account, who may send fewer messages a day.
    public static let visitor = UserType(rawValue: "visitor")
}

/// The record of a user that the chat server has provisioned.
public struct ChatUser: Sendable, Hashable, Codable {
    /// The user's ID in the chat server.
    public var id: String
    /// The display name; the ID where none is known.
    public var name: String
    /// URLs of pictures.
    public var images: [String]
    /// The trust level.
    public var userType: UserType
    /// Other properties, for the dialects that show them: `email`, `preferredLanguage`, …
    public var details: JSONValue

    /// A user; without a name the ID is the name.
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
    /// The user name, for dialects that distinguish it from the display name: `details.username` where the chat server has
    /// given it, else ``name``.
    public var username: String { detail("username") ?? name }

    /// The display name: `details.displayName` where the chat server has given it, else ``name``; where that is only the ID, the
    /// user name.
    public var displayName: String { detail("displayName") ?? (name == id ? username : name) }

    private func detail(_ key: String) -> String? {
        details[key]?.stringValue.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    }
}

/// The user who makes a call, as identified by their token.
public struct ChatCaller: Sendable, Hashable {
    /// The user's ID.
    public var id: String
    /// The token's `name` claim, with which a record is created where there is none.
    public var name: String?
    /// The token's `userType` claim. A user is a visitor if their token or their record says so.
    public var userType: UserType?

    /// A caller.
    public init(id: String, name: String? = nil, userType: UserType? = nil) {
        self.id = id
        self.name = name
        self.userType = userType
    }
}
