import MediaAPI
import OpenAPI

extension RouteDescription {
    static let roomMessages = RouteDescription(
        "roomMessages", tag, "A room's messages, from the oldest to the newest; page 1 has the newest",
        parameters: [
            .room, .page, .limit(default: RoomsLimits().defaultMessages),
            .query("before", .string, "A time (RFC 3339): messages sent before it."),
        ],
        responses: [
            ResponseContent(
                200, "A page of messages.",
                .success(
                    [.required("messages", .array(of: .message)), .required("pagination", .pagination)],
                    hasMessage: false))
        ])

    static let sendMessage = RouteDescription(
        "sendMessage", tag, "Sends a text, an object or an array", parameters: [.room],
        body: .json(
            .object([
                .optional("type", Schema.oneOf(["text"]).nullable), .required("content", .sentContent),
                .optional("replyTo", Schema.string.nullable, "The ID of a message of the room."),
            ])), responses: [.sentMessage])

    static let sendMedia = RouteDescription(
        "sendMedia", tag, "Sends a file", parameters: [.room],
        body: .form(
            .object([
                .required("file", .file), .required("type", .mediaType, "What the file is."),
                .optional("content", .caption, "The caption."),
                .optional("replyTo", .string, "The ID of a message of the room."),
            ])), responses: [.sentMessage]
    ).validatingMedia

    static let sendSticker = RouteDescription(
        "sendSticker", tag, "Sends a sticker", parameters: [.room],
        body: .json(
            .object([
                .required("setId", .id), .required("stickerId", .id),
                .optional("stickerType", Schema.stickerType.nullable, "The message has the one that the set says."),
                .optional(
                    "metadata", Schema.anyObject.nullable,
                    "At most \(RoomsLimits().maximumMetadataBytes) bytes as JSON."),
                .optional("replyTo", Schema.string.nullable, "The ID of a message of the room."),
            ])), responses: [.sentMessage])

    static let editMessage = RouteDescription(
        "editMessage", tag, "Replaces the content of a message; by its sender", parameters: [.message],
        body: .json(.object([.required("content", .sentContent)])), responses: [.changedMessage])

    static let deleteMessage = RouteDescription(
        "deleteMessage", tag, "Deletes a message; by its sender", parameters: [.message],
        body: .json(
            .object([
                .optional("deleteFor", deletionScope.nullable, "For whom; without it for the `sender`.")
            ]), isRequired: false),
        responses: [
            ResponseContent(
                200, "It is deleted.",
                .success([.required("messageId", .string), .required("deleteFor", deletionScope)]))
        ])

    static let react = RouteDescription(
        "react", tag, "Sets the caller's reaction, which replaces the one before", parameters: [.message],
        body: .json(
            .object([
                .required("emoji", .string(1...64), "One emoji."),
                .optional("reactionType", Schema.oneOf(RoomsService.reactionTypes.sorted()).nullable),
            ])), responses: [.changedMessage])

    static let removeReaction = RouteDescription(
        "removeReaction", tag, "Removes the caller's reaction", parameters: [.message],
        responses: [.changedMessage])

    static let forwardMessage = RouteDescription(
        "forwardMessage", tag, "Sends a message to other rooms, all of them or none", parameters: [.message],
        body: .json(
            .object([.required("chatRoomIds", .array(of: .id, 1...RoomsLimits().maximumForwards))])),
        responses: [
            ResponseContent(201, "The messages.", .success([.required("data", .array(of: .message))]))
        ])

    private static let tag = "Messages"

    private static let deletionScope = Schema.oneOf(["sender", "everyone"])
}

extension ResponseContent {
    /// A message that was sent.
    static let sentMessage = ResponseContent(201, "The message.", .success([.required("data", .message)]))
    /// A message as it is now.
    static let changedMessage = ResponseContent(200, "The message.", .success([.required("data", .message)]))
}

extension Parameter {
    /// The message of a path.
    static let message = Parameter.path("messageId", .id, "The message's ID.")
}

extension Schema {
    /// What a message can say when it is sent.
    static let sentContent = Schema.any(of: [
        .string(1...RoomsLimits().maximumTextBytes), .anyObject, .array(of: .any),
    ])
    /// The text beside a file.
    static let caption = Schema.string(0...RoomsLimits().maximumTextBytes)
    /// What a file is sent as.
    static let mediaType = Schema.oneOf(RoomsMessage.mediaTypes.sorted())
    /// The ID of a user.
    static let participantID = Schema.string(1...256)
}
