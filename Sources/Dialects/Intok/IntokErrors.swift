import ChatBridge
import HTTPServer
import JSON
import MediaAPI
package import OpenAPI

/// Encodes errors in the dialect's envelope, `{message, code, details}`.
package struct IntokErrors: ErrorEnvelope {
    /// The bodies of errors, see ``envelope(_:)``.
    package let schema = Schema.object([
        .required("message", .string), .required("code", .string, "A name in capitals."),
        .required(
            "details",
            .object([
                .optional("duration", .number, "In seconds."), .optional("maxDuration", .number, "In seconds."),
                .optional("maxSize", .integer, "In bytes."), .optional("current", .integer), .optional("max", .integer),
                .optional("resetTime", .string),
            ])),
    ]).named("Error")

    func response(for error: APIError) -> HTTPResponse {
        HTTPResponse.json(Self.envelope(error), status: Self.status(error.code), headers: error.headers)
    }

    /// The error in the dialect's envelope, for a response and for the WebSocket.
    static func envelope(_ error: APIError) -> JSONValue {
        IntokEnvelope.failure(error.message, code: errorName(of: error), details: details(error.details))
    }

    private static func details(_ details: APIError.Details) -> JSONObject {
        switch details {
        case .duration(let actual, let maximum): ["duration": .number(actual), "maxDuration": .number(maximum)]
        case .size(let maximum): ["maxSize": .integer(maximum)]
        case .quota(let current, let maximum, let resetTime):
            ["current": .integer(current), "max": .integer(maximum), "resetTime": .string(resetTime)]
        case .none, .allow: [:]
        }
    }

    /// The HTTP status of an error code; the reference uses 400 for all invalid input.
    private static func status(_ code: APIError.Code) -> HTTPStatus {
        switch code.status {
        case _ where code == .idempotencyKeyReused: code.status
        case .unsupportedMediaType, .unprocessableContent, .contentTooLarge, .lengthRequired: .badRequest
        case let status: status
        }
    }

    private static func errorName(of error: APIError) -> String {
        switch error.chatCode {
        case .emailExists: "EMAIL_EXISTS"
        case .invalidCredentials: "INVALID_CREDENTIALS"
        default:
            switch error.code {
            case .idempotencyKeyReused: "IDEMPOTENCY_KEY_REUSED"
            case .requestUnderway: "REQUEST_UNDERWAY"
            case .uploadRefused: "UPLOAD_REFUSED"
            case .authorizationUnavailable: "UPLOAD_AUTHORIZATION_UNAVAILABLE"
            case .metadataLeft: "FILE_HAS_METADATA"
            case .infected: "FILE_INFECTED"
            case .scanUnavailable: "SCAN_UNAVAILABLE"
            default: errorName(for: status(error.code))
            }
        }
    }

    private static func errorName(for status: HTTPStatus) -> String {
        switch status {
        case .unauthorized: "UNAUTHORIZED"
        case .forbidden: "FORBIDDEN"
        case .notFound: "NOT_FOUND"
        case .methodNotAllowed: "METHOD_NOT_ALLOWED"
        case .tooManyRequests: "RATE_LIMITED"
        case .serviceUnavailable, .insufficientStorage: "SERVICE_UNAVAILABLE"
        case let status where status.rawValue < 500: "VALIDATION_ERROR"
        default: "INTERNAL_ERROR"
        }
    }
}
