import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    static let sendVideo = RouteDescription(
        "sendVideo", tag, "Sends a video", body: .form(.object([.required("video", .file)] + fields)),
        responses: [.sentMessage]
    ).validatingMedia.failing(with: .notFound)

    static let sendVoice = RouteDescription(
        "sendVoice", tag, "Sends a voice message",
        body: .form(
            .object(
                [
                    .required("voice", .file), .optional("duration", .string, "In seconds; what was measured counts."),
                    .optional("waveform", .string, "Peaks, as JSON; what was measured counts."),
                ] + fields)),
        responses: [.sentMessage]
    ).validatingMedia.failing(with: .notFound)

    static let sendMessage = RouteDescription(
        "sendMessage", tag, "Sends a text, a file, a location, a contact or a sticker",
        body: RequestContent.json(messageBody).or(.form(.object([.optional("attachment", .file)] + fields)))
            .or(.encodedForm(.object(fields))),
        responses: [.sentMessage]
    ).validatingMedia.failing(with: .notFound)

    static let videoConfiguration = RouteDescription(
        "videoConfiguration", tag, "The limits of videos",
        responses: [
            ResponseContent(
                200, "The limits.",
                .success(
                    .object([
                        .required("maxFileSize", .integer, "In bytes."), .required("maxFileSizeMB", .integer),
                        .required("maxDuration", .integer, "In seconds."), .required("maxDurationMinutes", .number),
                        .required("allowedFormats", .array(of: .string)),
                        .required("allowedMimeTypes", .array(of: .string)),
                        .required("thumbnailTime", .integer, "In seconds."),
                    ])))
        ])

    static let reply = RouteDescription(
        "reply", tag, "Replies to a message", parameters: [.message],
        body: .json(.object([.required("message", .messageText)])), responses: [.sentMessage])

    static let forward = RouteDescription(
        "forward", tag, "Sends a message to other users, all of them or none", parameters: [.message],
        body: .json(
            .object([.required("receiverIds", .array(of: .id, 1...BananatalkLimits().maximumReceivers))])),
        responses: [ResponseContent(201, "The messages.", .success(.array(of: .message)))])

    static let sendDisappearing = RouteDescription(
        "sendDisappearing", tag, "Sends a text that is deleted for everyone after a time",
        body: .json(
            .object([
                .required("receiver", .id, "The receiver's user ID."), .required("message", .messageText),
                .required(
                    "destructTimer", .integer(0...BananatalkLimits().maximumDestructTimer),
                    "In seconds after it was read."),
                .optional(
                    "expiresIn", Schema.integer(1...BananatalkLimits().maximumExpiry).nullable,
                    "In seconds after it was sent."),
                .optional("replyTo", Schema.string.nullable, "The ID of a message."),
            ])), responses: [.sentMessage]
    ).failing(with: .notFound)

    static let triggerDestruct = RouteDescription(
        "triggerDestruct", tag, "Says that the receiver has read a disappearing message", parameters: [.message],
        responses: [
            ResponseContent(
                200, "When it is deleted.",
                .success(
                    .object([.required("messageId", .string), .required("destructAt", Schema.date.nullable)])))
        ])

    private static let tag = "Sending"

    private static let fields: [Schema.Property] = [
        .required("receiver", .id, "The receiver's user ID."), .optional("message", .string),
        .optional("replyTo", .string, "The ID of a message."),
        .optional("location", .string, "As JSON, or in fields as `location[latitude]`."),
    ]

    private static let messageBody: Schema = {
        let place = Schema.string(0...BananatalkLimits().maximumPlaceBytes).nullable
        let location = Schema.object([
            .required("latitude", .number(-90...90)), .required("longitude", .number(-180...180)),
            .optional("address", place), .optional("placeName", place),
        ])
        let contact = Schema.object([
            .required("name", .string(1...256)), .optional("phoneNumber", Schema.string(0...64).nullable),
            .optional("email", Schema.string(0...320).nullable), .optional("userId", Schema.string(0...128).nullable),
        ])
        let sticker = Schema.object([
            .required("id", .string(1...128)), .optional("packId", Schema.string(0...128).nullable),
            .optional("url", Schema.string(0...2_048).nullable), .optional("emoji", Schema.string(0...64).nullable),
        ])
        return .object([
            .required("receiver", .id, "The receiver's user ID."),
            .optional("message", Schema.string(0...BananatalkLimits().maximumTextBytes).nullable),
            .optional("replyTo", Schema.string.nullable, "The ID of a message."),
            .optional("location", location.nullable), .optional("contact", contact.nullable),
            .optional("sticker", sticker.nullable),
        ])
    }()
}

extension ResponseContent {
    /// A message that was sent.
    static let sentMessage = ResponseContent(201, "The message.", .success(.message))
}

extension Parameter {
    /// The message of a path.
    static let message = Parameter.path("id", .id, "The message's ID.")
}

extension Schema {
    /// The text of a message.
    static let messageText = Schema.string(1...BananatalkLimits().maximumTextBytes)
}
