import ChatBridge
import JSON
import OpenAPI

extension ChannelDescription {
    /// The events that are sent to other servers.
    static let webhooks = ChannelDescription(
        "webhooks", at: nil,
        """
        A `POST` to the URL of each endpoint, signed as [Standard Webhooks](https://www.standardwebhooks.com) has it. Any status from \
        200 to 299 accepts an event, which is sent at least once, and in order with those of the same subject. `upload.authorize` is no event: \
        it is sent once, to the URL of its setting, and waits for the answer.
        """,
        headers: .object(
            WebhookHeader.all.map { .required($0.name, $0.schema, $0.text) }),
        WebhookKind.allCases.map { .sent($0.rawValue, $0.summary, $0.body) } + [
            .sent(UploadQuestion.type, UploadQuestion.summary, UploadQuestion.body, reply: UploadQuestion.answer)
        ])
}

/// The header fields of a webhook (Standard Webhooks, section "Webhook Headers").
struct WebhookHeader {
    let name: String
    let schema: Schema
    let text: String

    static let all = [
        WebhookHeader(
            name: "webhook-id", schema: .string,
            text: "The same for every attempt: ignore one that was accepted before."),
        WebhookHeader(
            name: "webhook-timestamp", schema: .string(1...20, pattern: "^[0-9]+$"),
            text: "When it is sent, in seconds since 1970."),
        WebhookHeader(
            name: "webhook-signature", schema: .string(1...Int.max, pattern: "^v1,"),
            text: "Signatures, separated by spaces: more than one while a secret is replaced."),
    ]
}
