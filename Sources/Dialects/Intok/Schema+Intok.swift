import JSON
import OpenAPI

/// The values of the dialect's API.
extension Schema {
    /// A user, as ``IntokUser/json(_:knownSince:)`` returns one.
    static let user = Schema.object([
        .required("id", .string), .required("email", .string, "Empty where none is known."),
        .required("username", .string), .required("preferredLanguage", .string),
        .required("preferredCountry", .string), .required("profilePicture", string.nullable),
        .required("createdAt", string.nullable), .optional("avatarUrl", .string),
    ]).named("User")

    /// `{user}`
    static let shownUser = Schema.object([.required("user", .user)])

    /// A user whom a search has found.
    static let foundUser = Schema.object([
        .required("id", .string), .required("username", .string), .required("email", .string),
        .required("avatarUrl", string.nullable), .required("preferredLanguage", .string),
    ]).named("FoundUser")

    /// A user with tokens.
    static let session = Schema.object([
        .required("user", .user), .required("accessToken", .string),
        .required("refreshToken", .string, "It can be exchanged once."),
    ]).named("Session")

    /// A user of a conversation.
    static let participant = Schema.object([
        .required("id", .string), .required("username", .string), .required("preferredLanguage", .string),
    ]).named("Participant")

    /// A conversation, as ``IntokConversation/json(_:_:)`` returns one.
    static let conversation = Schema.object(conversationProperties).named("Conversation")

    /// A conversation in the list of a user.
    static let listedConversation = Schema.object(
        conversationProperties + [
            .required("lastMessage", IntokMessage.schema.nullable), .required("unreadCount", .integer),
        ]
    ).named("ListedConversation")

    private static let conversationProperties: [Property] = [
        .required("id", .string), .required("type", .oneOf(["direct", "group"])), .required("name", string.nullable),
        .required("participants", .array(of: participant)), .required("createdAt", .date),
        .required("updatedAt", .date),
    ]

    /// An e-mail address, as clients send it.
    static let email = Schema.string(3...254)
    /// A name of a user, as clients send it; spaces around it do not count.
    static let username = Schema.string(3...Int.max)
    /// A language that a user can prefer.
    static let language = Schema.oneOf(IntokProfile.languages.sorted())
    /// A country (ISO 3166-1).
    static let country = Schema.string(2...2, pattern: "^[A-Za-z]{2}$")
    /// A password, as clients send it.
    static let password = Schema.string(1...1024)
}
