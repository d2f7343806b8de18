import ChatBridge
import JSON
import OpenAPI

extension RouteDescription {
    private static let tag = "Webhooks"
    private static let id = Parameter.path("id", .string, "The endpoint's ID.")

    static let createWebhook = RouteDescription(
        "createWebhook", tag, "Adds an endpoint", body: .json(webhookBody(isNew: true)),
        responses: [
            ResponseContent(
                201, "The endpoint, with its secret, which is not shown again.", webhookWithSecret,
                headers: ["Location": .string])
        ]
    ).failing(with: .limitExceeded)

    static let webhooks = RouteDescription(
        "webhooks", tag, "The endpoints",
        responses: [ResponseContent(200, "The endpoints.", .object([.required("webhooks", .array(of: webhookSchema))]))]
    )

    static let webhook = RouteDescription(
        "webhook", tag, "An endpoint", parameters: [id],
        responses: [ResponseContent(200, "The endpoint.", webhookSchema)])

    static let changeWebhook = RouteDescription(
        "changeWebhook", tag, "Changes an endpoint", parameters: [id], body: .json(webhookBody(isNew: false)),
        responses: [ResponseContent(200, "The endpoint.", webhookSchema)])

    static let deleteWebhook = RouteDescription(
        "deleteWebhook", tag, "Deletes an endpoint", parameters: [id],
        responses: [ResponseContent(204, "The endpoint is deleted.")])

    static let rotateWebhook = RouteDescription(
        "rotateWebhook", tag, "Gives an endpoint a new secret",
        details: "Events are signed with the former secret, too, for `overlap` seconds.", parameters: [id],
        body: .json(
            .object([
                .optional("secret", secret.nullable),
                .optional(
                    "overlap",
                    Schema.integer(0...WebhookRoutes.overlap.maximum).nullable
                        .defaulting(to: .integer(WebhookRoutes.overlap.standard))),
            ]), isRequired: false),
        responses: [ResponseContent(200, "The endpoint, with its secret.", webhookWithSecret)])

    /// - Parameter name: `pause` or `resume`.
    static func changeState(_ name: String) -> RouteDescription {
        RouteDescription(
            name + "Webhook", tag, name == "pause" ? "Sends nothing to an endpoint" : "Sends to an endpoint again",
            parameters: [id], responses: [ResponseContent(200, "The endpoint.", webhookSchema)])
    }

    static let deadWebhooks = RouteDescription(
        "deadWebhooks", tag, "What could not be sent to an endpoint",
        parameters: [id, WebhookRoutes.limit.parameter, WebhookRoutes.after.parameter],
        responses: [
            ResponseContent(
                200, "The dead letters.",
                .object([
                    .required("deadLetters", .array(of: deadLetter)),
                    .required("moreAfter", Schema.string.nullable, "`after` of the next ones."),
                ]))
        ])

    static let replayWebhooks = RouteDescription(
        "replayWebhooks", tag, "Sends dead letters again", parameters: [id],
        body: ReplayedLetters.body,
        responses: [ResponseContent(200, "How many are sent again.", .replayed)])

    private static let kinds = WebhookKind.allCases.map(\.rawValue)
    private static let secret = Schema.string(38...94, pattern: "^whsec_[A-Za-z0-9+/]+=*$")

    private static func webhookBody(isNew: Bool) -> Schema {
        let url = Schema.url.with(["maxLength": 2048])
        var properties: [Schema.Property] = [
            isNew ? .required("url", url) : .optional("url", url),
            .optional(
                "kinds", Schema.array(of: .oneOf(kinds), 1...kinds.count).with(["uniqueItems": true]).nullable,
                "What is sent; `null` for all but `push.requested`."),
            .optional(
                "dialects", Schema.array(of: .string, 1...Int.max).with(["uniqueItems": true]).nullable,
                "Of which chat systems, and `native`; `null` for all."),
            .optional("description", Schema.string(0...256, pattern: "^[^\\u0000-\\u001f]*$").nullable),
        ]
        if isNew { properties.append(.optional("secret", secret.nullable, "Made by the service where it is missing.")) }
        return Schema.object(properties).closed
    }

    private static let webhookProperties: [Schema.Property] = [
        .required("id", .string), .required("url", .string), .required("description", .string),
        .required("kinds", .array(of: .oneOf(kinds))), .required("dialects", Schema.array(of: .string).nullable),
        .required("state", .oneOf([WebhookEndpoint.State.active, .paused, .disabled].map(\.rawValue))),
        .required("reason", Schema.string.nullable, "Why nothing is sent."),
        .required("failingSince", Schema.date.nullable),
        .required(
            "secrets", .array(of: .object([.required("expiresAt", Schema.date.nullable)])),
            "When the secrets end to be used; never their values."),
        .required("isFromSettings", .boolean), .required("createdAt", .date), .required("updatedAt", .date),
        .required("waiting", .integer, "How many events wait."), .required("oldest", Schema.date.nullable),
        .required("deadLetters", .integer),
    ]

    private static let webhookSchema = Schema.object(webhookProperties).named("Webhook")

    private static let webhookWithSecret = Schema.object(
        webhookProperties + [.required("secret", .string)]
    ).named("WebhookWithSecret")

    private static let deadLetter = Schema.object([
        .required("id", .string), .required("event", .string), .required("type", .oneOf(kinds)),
        .required("dialect", Schema.string.nullable), .required("subject", .string), .required("attempts", .integer),
        .required("createdAt", .date), .required("failedAt", Schema.date.nullable),
        .required("reason", Schema.string.nullable),
    ]).named("DeadWebhook")
}
