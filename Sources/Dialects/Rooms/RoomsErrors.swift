import ChatBridge
import HTTPServer
import MediaAPI

/// The dialect's errors: `{success: false, message, error, detail?}`, by the codes of its reference's table.
package struct RoomsErrors: ErrorEnvelope {
    func response(for error: APIError) -> HTTPResponse {
        let status = status(error.code)
        return HTTPResponse.json(
            RoomsEnvelope.failure(sentence(error), status: status.rawValue), status: status, headers: error.headers)
    }

    /// The reference knows 400 for everything that is wrong with what was sent. What it has no word for (a method, a
    /// body that comes too slowly, a store that is away) keeps HTTP's.
    private func status(_ code: APIError.Code) -> HTTPStatus {
        switch code {
        case .mediaUnsupported, .mediaUnreadable, .mediaTooLong, .mediaTooComplex, .mediaTooLarge, .bodyTooLarge:
            .badRequest
        default: code.status
        }
    }

    private func sentence(_ error: APIError) -> String {
        switch (error.code, error.details) {
        case (.mediaTooLarge, .size(let maximum)): RoomsRefusalMessages.fileTooLarge(bytes: maximum)
        case (.mediaUnsupported, _), (.mediaUnreadable, _), (.mediaTooComplex, _), (.mediaEmpty, _):
            RoomsRefusalMessages.fileUnusable
        case (.unauthorized, _), (.internalError, _), (.storeUnavailable, _), (.storeFull, _):
            // What the reference's table says of the status.
            ""
        default: error.message
        }
    }
}

extension APIError {
    /// A file that is not of the kind that it was sent as.
    static func wrongType(_ type: String) -> APIError {
        APIError(code: .invalidField, message: RoomsRefusalMessages.wrongType(type))
    }
}
