import JSON
import OpenAPI

extension RouteDescription {
    static let health = RouteDescription(
        "health", "Operation", "Whether the process is running",
        responses: [ResponseContent(200, "It is.", .object([.required("status", .constant("ok"))]))])

    static let readiness = RouteDescription(
        "readiness", "Operation", "Whether the stores respond, and workers are there to validate media",
        responses: [
            ResponseContent(200, "The service is ready.", readinessSchema),
            ResponseContent(
                503, "The service is not ready.", readinessSchema, headers: ["Retry-After": .string]),
        ])

    private static let readinessSchema: Schema = {
        let state = Schema.oneOf(["ok", "read-only", "unavailable"])
        return Schema.object([
            .required("status", state), .required("objects", state, "The object store."),
            .required("chat", state, "The chat store."),
            .optional("redis", state, "Without Redis the service is ready, too."),
            .optional("clamd", state, "Without clamd the service is ready, too."),
            .optional("workers", state, "The processes that validate media."),
            .optional("chatStore", .oneOf(["sqlite", "mongodb"]), "Where chat is stored."),
            .optional("remedy", .string, "What to do about the object store."),
        ]).named("Readiness")
    }()
}
