import ChatBridge
import OpenAPI

extension RouteDescription {
    static let putUser = RouteDescription(
        "putUser", "Directory", "Provisions a user",
        details: "Repeated calls have no further effect. `details` is what dialects show in addition to the name.",
        parameters: [.path("id", .identifier, "The user's ID.")], body: .json(userBody),
        responses: [
            ResponseContent(201, "The user is new.", user), ResponseContent(200, "The user was changed.", user),
        ])

    static let deleteUser = RouteDescription(
        "deleteUser", "Directory", "Deletes a user",
        details: """
            Ends the user's sockets in every chat system, and removes them from all conversations. With `media=delete` a job deletes their media, \
            the messages that they have sent with media, and their uploads in progress, also where there is no record of the user.
            """,
        parameters: [
            .path("id", .identifier, "The user's ID."),
            .query(
                "media", .oneOf(["keep", "delete"]), "Whether media of the user are deleted as well; `keep` by default."
            ),
        ],
        responses: [
            ResponseContent(204, "The user is deleted."),
            ResponseContent(
                202, "The user is deleted; the job deletes their media.", jobSchema, headers: ["Location": .string]),
        ]
    ).failing(with: .busy)

    static func putConversation(of dialects: [any DialectModule.Type]) -> RouteDescription {
        RouteDescription(
            "putConversation", "Directory", "Provisions a conversation and its members",
            details: "Repeated calls have no further effect. Without `settings` the existing ones are kept.",
            parameters: [.path("id", .identifier, "The conversation's ID.")],
            body: .json(conversationBody(of: dialects)),
            responses: [
                ResponseContent(201, "The conversation is new.", conversation),
                ResponseContent(200, "The conversation was changed.", conversation),
            ])
    }

    static let deleteConversation = RouteDescription(
        "deleteConversation", "Directory", "Deletes a conversation with its messages",
        parameters: [
            .path("id", .identifier, "The conversation's ID."),
            .query("dialect", .string, "Its chat system; required if several have the ID."),
        ],
        responses: [ResponseContent(204, "The conversation is deleted.")])

    static func devices(of dialects: [any DialectModule.Type]) -> RouteDescription {
        RouteDescription(
            "devices", "Directory", "The devices of a user for push notifications",
            parameters: [.path("id", .identifier, "The user's ID."), .dialect(dialects)],
            responses: [
                ResponseContent(200, "The devices.", .object([.required("devices", .array(of: device))]))
            ])
    }

    static func deleteDevice(of dialects: [any DialectModule.Type]) -> RouteDescription {
        RouteDescription(
            "deleteDevice", "Directory", "Removes a device whose token is not valid any more",
            parameters: [
                .path("id", .identifier, "The user's ID."), .dialect(dialects),
                .query("token", .string(1...Int.max), isRequired: true, "The token of the device."),
            ],
            responses: [ResponseContent(204, "The device is removed.")])
    }

    private static let userBody: Schema = {
        let text = Schema.string(0...ChatUser.maximumTextBytes).nullable
        var properties: [Schema.Property] = [
            .optional("name", text),
            .optional(
                "images", Schema.array(of: .string(0...ChatUser.maximumTextBytes), 0...ChatUser.maximumImages).nullable,
                "URLs of pictures, at most."),
            .optional("userType", Schema.string(0...64).nullable, "`visitor` for guests, who may send fewer messages."),
            .optional(
                "details", Schema.anyObject.nullable,
                "At most \(ChatUser.maximumDetailBytes) bytes; the members below may be in it, too."),
        ]
        for name in ChatUser.detailNames {
            properties.append(.optional(name, name == "createdAt" ? Schema.date.nullable : text))
        }
        return .object(properties)
    }()

    private static let user = Schema.object([
        .required("id", .string), .required("name", Schema.string.nullable),
        .required("images", .array(of: .string)), .required("userType", .string), .required("details", .anyObject),
    ]).named("User")

    private static func conversationBody(of dialects: [any DialectModule.Type]) -> Schema {
        .object([
            .required("dialect", .dialect(dialects), "The chat system."),
            .required("members", .array(of: .identifier, 1...Conversation.maximumMembers), "IDs of users."),
            .optional("name", Schema.string(0...1024).nullable),
            .optional("settings", .anyObject, "Values of the chat system."),
        ])
    }

    private static let conversation = Schema.object([
        .required("id", .string), .required("dialect", .string), .required("members", .array(of: .string)),
        .required("name", Schema.string.nullable), .required("settings", .anyObject),
    ]).named("Conversation")

    private static let device = Schema.object([
        .required("token", .string), .required("platform", Schema.string.nullable), .required("registeredAt", .date),
    ]).named("Device")
}

extension Parameter {
    fileprivate static func dialect(_ dialects: [any DialectModule.Type]) -> Parameter {
        .query("dialect", .dialect(dialects), isRequired: true, "The chat system.")
    }
}

extension Schema {
    /// The name of a dialect that is served.
    fileprivate static func dialect(_ dialects: [any DialectModule.Type]) -> Schema {
        .oneOf(dialects.map { $0.dialect.rawValue })
    }
}
