import ChatBridge
import OpenAPI

extension RouteDescription {
    static let outbox = RouteDescription(
        "outbox", "Operation", "Events that wait to be delivered, and dead letters",
        parameters: [OutboxRoutes.limit.parameter, OutboxRoutes.after.parameter],
        responses: [ResponseContent(200, "The events.", outboxSchema)])

    static let replayOutbox = RouteDescription(
        "replayOutbox", "Operation", "Delivers dead letters again", body: ReplayedLetters.body,
        responses: [ResponseContent(200, "How many are delivered again.", .replayed)])

    private static let outboxSchema: Schema = {
        let backlog = Schema.object([.required("entries", .integer), .required("oldest", .date)])
        let letter = Schema.object([
            .required("id", .string), .required("dialect", .string), .required("event", .string),
            .required("audience", .string), .required("recipient", .string),
            .required("message", Schema.string.nullable), .required("attempts", .integer),
            .required("createdAt", .date), .required("failedAt", .date), .required("reason", .string),
        ]).named("DeadLetter")
        return .object([
            .required("waiting", .dictionary(of: backlog), "By chat system."),
            .required("deadLetters", .array(of: letter)),
            .required("moreAfter", Schema.string.nullable, "`after` of the next ones."),
        ])
    }()
}

extension Schema {
    static let replayed = Schema.object([.required("replayed", .integer)])
}
