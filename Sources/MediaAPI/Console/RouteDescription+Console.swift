import OpenAPI

extension RouteDescription {
    static let activity = RouteDescription(
        "activity", "Operation", "What this node does, as server-sent events; the last 200 first",
        responses: [
            ResponseContent(
                200, "Events, whose data are JSON.",
                .object([.required("data", .string), .optional("event", .string), .optional("id", .string)]),
                type: "text/event-stream")
        ])

    static let openConsole = RouteDescription(
        "openConsole", "Operation", "Exchanges the code of a link to the console for a service token, once",
        body: .json(.object([.required("code", .string(0...1024), "The code of the link.")])),
        responses: [
            ResponseContent(
                201, "The token.",
                .object([.required("token", .string), .required("expiresAt", .date)]).named("ConsoleSession"))
        ]
    ).failing(with: .unauthorized, .readOnly)
}
