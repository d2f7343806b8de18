import ChatBridge
import HTTPServer
import JSON
import MediaAPI
package import OpenAPI

/// The error envelope of the dialect: `{success: false, error: {code, message, statusCode[, maxSize]}}`.
package struct SignalRErrors: ErrorEnvelope {
    package let schema = Schema.object([
        .required("success", .constant(false)),
        .required(
            "error",
            .object([
                .required("code", .string, "The stable name of the error, in capitals."),
                .required("message", .string), .required("statusCode", .integer(400...599)),
                .optional("maxSize", .string, "The limit of a file that is too large."),
            ])),
    ]).named("Error")

    func response(for error: APIError) -> HTTPResponse {
        let status = error.code.status
        var (message, maximumBytes) = (error.message, Int?.none)
        if error.code == .mediaTooLarge, case .size(let limit) = error.details {
            (message, maximumBytes) = ("File size exceeds maximum allowed size", limit)
        }
        return HTTPResponse.json(
            SignalREnvelope.failure(code(error), message, status: status.rawValue, maximumBytes: maximumBytes),
            status: status, headers: error.headers)
    }

    private func code(_ error: APIError) -> String {
        if let code = SignalREnvelope.code(error.chatCode, reason: error.chatReason) { return code }
        return switch error.code {
        case .badRequest, .missingField, .invalidField, .mediaEmpty: "VALIDATION_ERROR"
        case .mediaTooLarge: "FILE_TOO_LARGE"
        case .mediaUnsupported: "UNSUPPORTED_FILE_TYPE"
        case .mediaUnreadable, .mediaTooLong, .mediaTooComplex: "INVALID_FILE"
        case .internalError: "INTERNAL_ERROR"
        default: error.code.rawValue.uppercased()
        }
    }
}
