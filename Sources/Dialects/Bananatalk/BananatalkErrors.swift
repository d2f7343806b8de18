import ChatBridge
import HTTPServer
import JSON
import MediaAPI

/// The dialect's errors: `{success: false, error}`, with the members that its reference adds for some.
struct BananatalkErrors: ErrorEnvelope {
    let limits: BananatalkLimits
    /// Whether the call takes videos alone: then what is too large is called a video in the reference's own sentence.
    var isAboutVideo = false

    func response(for error: APIError) -> HTTPResponse {
        HTTPResponse.json(envelope(error), status: status(error.code), headers: error.headers)
    }

    private func envelope(_ error: APIError) -> JSONValue {
        if error.code == .bodyTooLarge, case .size(let maximum) = error.details {
            return BananatalkEnvelope.failure("Message is too large: the request exceeds maximum of \(maximum >> 10)KB")
        }
        return switch error.details {
        case .duration(let actual, _): BananatalkEnvelope.videoTooLong(duration: actual, limits: limits)
        case .size where isAboutVideo: BananatalkEnvelope.videoTooLarge(limits: limits)
        case .dailyLimit(let current, let maximum, let resetTime):
            [
                "success": false, "error": .string(error.message), "type": .string(error.code.rawValue),
                "details": [
                    "current": .integer(current), "max": .integer(maximum), "resetTime": .string(resetTime),
                ],
            ]
        case .size, .none, .allow: BananatalkEnvelope.failure(error.message)
        }
    }

    /// The reference knows 400 for everything that is wrong with what was sent, and 404 for what is not there, a method of a
    /// path as well.
    private func status(_ code: APIError.Code) -> HTTPStatus {
        switch code {
        case .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooComplex, .bodyTooLarge: .badRequest
        case .methodNotAllowed: .notFound
        default: code.status
        }
    }
}
