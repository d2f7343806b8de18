import ChatBridge
import HTTPServer
import JSON
import MediaAPI
package import OpenAPI

/// The error envelope of the dialect: `{success: false, message, error, detail?}`, with the codes of the reference's
/// table.
package struct RoomsErrors: ErrorEnvelope {
    package let schema = Schema.object([
        .required("success", .constant(false)), .required("message", .string, "What went wrong, in Thai."),
        .required("error", .oneOf(RoomsEnvelope.errorNames)),
        .optional("detail", .string, "The same in English, where the message says less."),
    ]).named("Error")

    func response(for error: APIError) -> HTTPResponse {
        let status = Self.status(error.code)
        return HTTPResponse.json(
            RoomsEnvelope.failure(Self.text(error), status: status.rawValue), status: status, headers: error.headers)
    }

    /// The message of an error for clients of the socket, which has no status codes.
    static func message(_ error: APIError) -> String {
        RoomsEnvelope.message(text(error), status: status(error.code).rawValue)
    }

    /// The reference uses 400 for every invalid request. Errors that it does not cover (wrong method, slow body,
    /// unavailable store) keep their HTTP status.
    private static func status(_ code: APIError.Code) -> HTTPStatus {
        switch code {
        case .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooComplex, .mediaTooLarge, .bodyTooLarge,
            .metadataLeft, .infected:
            .badRequest
        default: code.status
        }
    }

    private static func text(_ error: APIError) -> String {
        switch (error.code, error.details) {
        case (.mediaTooLarge, .size(let maximum)): RoomsTexts.fileTooLarge(bytes: maximum)
        case (.mediaUnsupported, _), (.mediaUnreadable, _), (.mediaTooComplex, _), (.mediaEmpty, _):
            RoomsTexts.fileUnusable
        case (.rateLimited, _): RoomsTexts.tooManyRequests
        case (.unauthorized, _), (.internalError, _), (.storeUnavailable, _), (.storeFull, _):
            // Empty, so that the text of the reference's table is used.
            ""
        default: error.message
        }
    }
}

extension APIError {
    /// A file that is not of the declared type.
    static func wrongType(_ type: String) -> APIError {
        APIError(code: .invalidField, message: RoomsTexts.wrongType(type))
    }
}
