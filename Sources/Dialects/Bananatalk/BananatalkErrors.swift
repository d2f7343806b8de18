import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import OpenAPI

/// Encodes errors in the dialect's envelope, `{success: false, error}`, with the additional members that the reference
/// defines for some errors.
struct BananatalkErrors: ErrorEnvelope {
    let schema = Schema.object([
        .required("success", .constant(false)), .required("error", .string, "What went wrong."),
        .optional("maxDuration", .integer, "The limit of a video's duration, in seconds."),
        .optional("type", .string, "The stable name of the error, where a day's messages are used up."),
        .optional(
            "details",
            .object([.required("current", .integer), .required("max", .integer), .required("resetTime", .date)]),
            "What was used of the limit."),
    ]).named("Error")
    let limits: BananatalkLimits
    /// Whether the route accepts videos; the message for a file that is larger or longer than a video may be then refers to a video,
    /// as the reference words it, also where the file is an image.
    var isAboutVideo = false

    func response(for error: APIError) -> HTTPResponse {
        HTTPResponse.json(envelope(error), status: status(error.code), headers: error.headers)
    }

    private func envelope(_ error: APIError) -> JSONValue {
        if error.code == .bodyTooLarge, case .size(let maximum) = error.details {
            return BananatalkEnvelope.failure("Message is too large: the request exceeds maximum of \(maximum >> 10)KB")
        }
        return switch error.details {
        case .duration(let actual, limits.maximumVideoDuration) where isAboutVideo:
            BananatalkEnvelope.videoTooLong(duration: actual, limits: limits)
        case .size(limits.maximumVideoBytes) where isAboutVideo: BananatalkEnvelope.videoTooLarge(limits: limits)
        case .quota(let current, let maximum, let resetTime):
            [
                "success": false, "error": .string(error.message), "type": .string(error.code.rawValue),
                "details": [
                    "current": .integer(current), "max": .integer(maximum), "resetTime": .string(resetTime),
                ],
            ]
        case .duration, .size, .none, .allow: BananatalkEnvelope.failure(error.message)
        }
    }

    /// The status of an error code. The reference uses 400 for all invalid input, and 404 for whatever does not exist,
    /// including a method that a path does not support.
    private func status(_ code: APIError.Code) -> HTTPStatus {
        switch code {
        case .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooComplex, .metadataLeft, .infected,
            .bodyTooLarge:
            .badRequest
        case .methodNotAllowed: .notFound
        default: code.status
        }
    }
}
