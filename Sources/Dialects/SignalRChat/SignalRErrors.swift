import ChatBridge
import HTTPServer
import MediaAPI

/// The error envelope of the dialect: `{success: false, error: {code, message, statusCode[, maxSize]}}`.
package struct SignalRErrors: ErrorEnvelope {
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
