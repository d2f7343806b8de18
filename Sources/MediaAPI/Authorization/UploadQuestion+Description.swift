import JSON
import OpenAPI

extension UploadQuestion {
    /// The type of the request's body.
    static let type = "upload.authorize"
    /// A line about the request.
    static let summary = "Asks whether an upload is accepted, before any of its bytes are stored"

    /// The body of the request; see ``body(at:)``.
    static let body: Schema = {
        let size = Schema.integer(0...Int.max).nullable
        let file = Schema.object([
            .required("name", Schema.string.nullable), .required("contentType", Schema.string.nullable),
            .required("size", size, "In bytes."),
        ])
        let data = Schema.object([
            .required("dialect", Schema.string.nullable, "The chat system."),
            .required("user", Schema.string.nullable, "Who uploads; `null` where the chat server does."),
            .required("way", .oneOf(UploadWay.allCases.map(\.rawValue))), .required("path", .string),
            .required("fields", .anyObject, "What the client has said so far, by name; each a text."),
            .required("file", file, "What the client says of it."),
            .required("requestSize", size, "The length of the request's body, in bytes."),
            .required("isPartial", .boolean, "Whether it is a part of a file, which another upload will name."),
        ])
        return .object([
            .required("type", .constant(.string(type))), .required("timestamp", .date), .required("data", data),
        ])
    }()

    /// The body of the response; see ``UploadAnswer``.
    static let answer = Schema.object([
        .required("accept", .boolean),
        .optional(
            "reason", Schema.string.nullable, "For the user, where it is one line of 1 to 200 visible characters."),
    ])
}

extension RouteDescription {
    /// The request that asks about an upload.
    static let uploadAuthorization = RouteDescription(
        UploadQuestion.type, "Events", UploadQuestion.summary,
        parameters: WebhookHeader.all.map { .header($0.name, $0.schema, isRequired: true, $0.text) },
        body: .json(UploadQuestion.body),
        responses: [ResponseContent(200, "Whether it is accepted; nothing else is an answer.", UploadQuestion.answer)])
}
