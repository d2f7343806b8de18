import ChatBridge
import JSON
import MediaModel
import OpenAPI

extension WebhookKind {
    /// A line about the event.
    var summary: String {
        switch self {
        case .mediaValidated: "A file was validated and is stored, for a message or as a medium of its own"
        case .mediaRejected: "A file was not accepted for what it is"
        case .derivativeReady: "A thumbnail, waveform or rendition was made, with the file or later"
        case .mediaDeleted: "A medium was deleted, or a file of a message that stays"
        case .messageCreated: "A message was saved; the message as it is when the event is sent"
        case .messageDeleted: "A message was deleted for everyone, by a user or because its time was over"
        case .jobFinished: "A job has completed or was cancelled"
        case .pushRequested: "Devices are to be notified of a message"
        }
    }

    /// The body of its requests.
    var body: Schema {
        Schema.object([
            .required("type", .constant(.string(rawValue))), .required("timestamp", .date, "When it happened."),
            .required("data", .object([.required("dialect", dialect, "The chat system.")] + data)),
        ])
    }

    /// The chat system; `null` for the native API, which has media and jobs alone.
    private var dialect: Schema {
        switch self {
        case .mediaValidated, .mediaRejected, .derivativeReady, .mediaDeleted, .jobFinished: Schema.string.nullable
        case .messageCreated, .messageDeleted, .pushRequested: .string
        }
    }

    private var data: [Schema.Property] {
        switch self {
        case .mediaValidated: media
        case .derivativeReady: media + [.required("derivatives", .array(of: .oneOf(derivatives)))]
        case .mediaRejected:
            [
                .required("user", .string, "Who sent it."), .required("code", .string, "One of the `media_…` codes."),
                .required("detail", .string, "What the client was told."),
                .required("originalName", Schema.string.nullable),
            ]
        case .mediaDeleted:
            [
                .required("conversation", Schema.string.nullable),
                .required("message", Schema.string.nullable, "The message that had shown it; `null` for a medium."),
                .required(
                    "media",
                    .object([
                        .required("id", Schema.string.nullable, "`null` for a file of a message."),
                        .required("owner", .string), .required("key", .string), .required("kind", .string),
                        .required("deletedAt", .date),
                    ])),
            ]
        case .messageCreated: [.required("conversation", .string), .required("message", .webhookMessage)]
        case .messageDeleted:
            [
                .required("conversation", .string),
                .required(
                    "message",
                    .object([.required("id", .string), .required("sender", .string), .required("deletedAt", .date)])),
            ]
        case .jobFinished: [.required("job", RouteDescription.jobSchema, "Without its failures.")]
        case .pushRequested: Self.push
        }
    }

    private var derivatives: [String] { ["thumbnail", "waveform"] + RenditionProfile.allCases.map(\.rawValue) }

    private var media: [Schema.Property] {
        [
            .required("conversation", Schema.string.nullable), .required("message", Schema.string.nullable),
            .required("media", .webhookMedium),
        ]
    }

    private static let push: [Schema.Property] = {
        let conversation = Schema.object([
            .required("id", .string), .required("type", .oneOf(["direct", "group"])),
            .required("name", Schema.string.nullable),
        ])
        let message = Schema.object([
            .required("id", .string), .required("type", .string), .required("timestamp", .date),
        ])
        let device = Schema.object([.required("token", .string), .required("platform", Schema.string.nullable)])
        let recipient = Schema.object([
            .required("userId", .string), .required("language", .string),
            .required("preview", .string, "The beginning of the text, in the recipient's language."),
            .required("devices", .array(of: device)),
        ])
        return [
            .required("chatSystem", .string), .required("conversation", conversation), .required("message", message),
            .required("sender", .object([.required("id", .string), .required("username", .string)])),
            .required("recipients", .array(of: recipient)),
        ]
    }()
}

extension RouteDescription {
    /// The request that sends an event of a kind.
    static func delivery(of kind: WebhookKind) -> RouteDescription {
        RouteDescription(
            kind.rawValue, "Events", kind.summary,
            parameters: WebhookHeader.all.map { .header($0.name, $0.schema, isRequired: true, $0.text) },
            body: .json(kind.body), responses: [ResponseContent(200, "Any status from 200 to 299 accepts the event.")])
    }
}

extension Schema {
    /// A medium in the form of webhooks.
    fileprivate static let webhookMedium = Schema.object(
        [
            .required("id", Schema.string.nullable, "`null` for a file of a message."),
            .required("key", .string, "The key of the object."),
        ] + RouteDescription.mediumProperties
    ).named("WebhookMedium")

    /// A message in the form of webhooks, see ``ChatMessage/webhookJSON``. Of one that is gone with its conversation there are only
    /// references.
    fileprivate static let webhookMessage: Schema = {
        let references: [Property] = [
            .required("id", .string), .required("conversation", .string), .required("sender", .string),
        ]
        let location = Schema.object([
            .required("latitude", .number(-90...90)), .required("longitude", .number(-180...180)),
            .required("address", Schema.string.nullable), .required("placeName", Schema.string.nullable),
        ])
        let origin = Schema.object([
            .required("sender", .string), .required("message", .string), .required("text", .string),
        ])
        let content: [Property] = [
            .required("receiver", Schema.string.nullable), .required("type", .string), .required("text", .string),
            .required("attachments", .array(of: webhookMedium)), .required("location", location.nullable),
            .required("replyTo", Schema.string.nullable), .required("forwardedFrom", origin.nullable),
            .required("details", .any, "What its chat system stores with it."), .required("createdAt", .date),
            .required("editedAt", Schema.date.nullable), .required("deletedAt", Schema.date.nullable),
        ]
        return Schema.any(of: [
            Schema.object(references + content), Schema.object(references).closed.described("It is gone."),
        ]).named("WebhookMessage")
    }()
}
