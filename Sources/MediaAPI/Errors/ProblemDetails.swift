import ChatBridge
import HTTPServer
import JSON
import OpenAPI

/// The native API's errors: problem details (RFC 9457). `type` is `about:blank` unless a protocol has types of its own; the stable code
/// is in the extension member `code`.
struct ProblemDetails: ErrorEnvelope {
    let schema = Schema.object([
        .required("type", .string),
        .required("title", .string),
        .required("status", .integer(400...599)),
        .required("detail", .string, "What went wrong, and how to remedy it."),
        .required("code", .oneOf(APIError.meanings.map(\.code.rawValue)), "The stable name of the error."),
        .optional("duration", .number, "The duration of the file, in seconds."),
        .optional("maxDuration", .number, "The limit of the duration, in seconds."),
        .optional("maxSize", .integer, "The limit of the size, in bytes."),
        .optional(
            "limit",
            .object([
                .required("current", .integer), .required("max", .integer), .required("resetTime", .date),
            ]), "What was used of a limit of a day or an hour."),
    ]).named("Problem")
    let hasCodes = true

    func response(for error: APIError) -> HTTPResponse {
        let status = error.code.status
        var members: JSONObject = [
            "type": .string(error.problem.type ?? "about:blank"), "title": .string(status.reasonPhrase),
            "status": .integer(status.rawValue),
            "detail": .string(error.message), "code": .string(error.code.rawValue),
        ]
        switch error.details {
        case .duration(let actual, let maximum):
            members["duration"] = .number(actual)
            members["maxDuration"] = .number(maximum)
        case .size(let maximum): members["maxSize"] = .integer(maximum)
        case .quota(let current, let maximum, let resetTime):
            members["limit"] = [
                "current": .integer(current), "max": .integer(maximum), "resetTime": .string(resetTime),
            ]
        case .none, .allow: break
        }
        members.merge(error.problem.members) { _, own in own }
        return HTTPResponse(
            status: status, headers: error.headers, contentType: "application/problem+json",
            JSONValue.object(members).encoded())
    }
}
