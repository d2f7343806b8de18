package import ChatBridge
import FFmpeg
import HTTPClient
import MediaWorker
import ObjectStore

/// What a call is refused or fails with. Everything that goes wrong below becomes one of these; each dialect has one
/// place where it becomes an answer in that dialect's envelope.
package struct APIError: Error {
    /// A stable name for the kind of failure, and the HTTP status that goes with it unless a dialect says otherwise.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let badRequest = Code(rawValue: "bad_request")
        package static let unauthorized = Code(rawValue: "unauthorized")
        package static let forbidden = Code(rawValue: "forbidden")
        static let notFound = Code(rawValue: "not_found")
        package static let methodNotAllowed = Code(rawValue: "method_not_allowed")
        package static let missingField = Code(rawValue: "missing_field")
        package static let invalidField = Code(rawValue: "invalid_field")
        package static let bodyTooLarge = Code(rawValue: "body_too_large")
        package static let mediaTooLarge = Code(rawValue: "media_too_large")
        package static let mediaTooLong = Code(rawValue: "media_too_long")
        package static let mediaEmpty = Code(rawValue: "media_empty")
        package static let mediaUnsupported = Code(rawValue: "media_unsupported")
        package static let mediaUnreadable = Code(rawValue: "media_unreadable")
        package static let mediaTooComplex = Code(rawValue: "media_too_complex")
        static let lengthRequired = Code(rawValue: "length_required")
        static let limitExceeded = Code(rawValue: "limit_exceeded")
        static let bodyTooSlow = Code(rawValue: "body_too_slow")
        static let clientGone = Code(rawValue: "client_gone")
        package static let busy = Code(rawValue: "busy")
        package static let storeUnavailable = Code(rawValue: "store_unavailable")
        package static let storeFull = Code(rawValue: "store_full")
        package static let internalError = Code(rawValue: "internal")
    }

    package let code: Code
    /// What went wrong and what to do about it, for the caller to read. Never holds what is the service's own business.
    package let message: String
    /// What a dialect's envelope may want to say in fields of its own.
    package var details: Details = .none
    /// What chat called it, for envelopes that tell it more finely.
    package var chatCode: ChatError.Code?
    /// What lies beneath, for the log alone.
    var cause: (any Error)?

    package init(
        code: Code, message: String, details: Details = .none, chatCode: ChatError.Code? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.chatCode = chatCode
        self.cause = cause
    }

    package enum Details: Sendable, Equatable {
        case none
        /// Seconds.
        case duration(actual: Double, maximum: Double)
        /// Bytes.
        case size(maximum: Int)
        /// `resetTime` in ISO 8601.
        case dailyLimit(current: Int, maximum: Int, resetTime: String)
        /// The methods that the path does take.
        case allow([String])
    }
}

extension APIError {
    package static func missing(_ field: String, _ remedy: String) -> APIError {
        APIError(code: .missingField, message: "\(field) is required: \(remedy)")
    }

    package static func invalid(_ field: String, _ problem: String) -> APIError {
        APIError(code: .invalidField, message: "\(field) \(problem)")
    }

    static let notFound = APIError(code: .notFound, message: "There is nothing here")
    static let unauthorized = APIError(
        code: .unauthorized, message: "Not authorized: a valid token is needed (Authorization: Bearer …)")
}
