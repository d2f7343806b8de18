import ChatBridge

/// What a call is refused or fails with. Everything that goes wrong below becomes one of these; each dialect has one
/// place where it becomes an answer in that dialect's envelope.
struct APIError: Error {
    /// A stable name for the kind of failure, and the HTTP status that goes with it unless a dialect says otherwise.
    struct Code: RawRepresentable, Hashable, Sendable {
        let rawValue: String

        static let badRequest = Code(rawValue: "bad_request")
        static let unauthorized = Code(rawValue: "unauthorized")
        static let forbidden = Code(rawValue: "forbidden")
        static let notFound = Code(rawValue: "not_found")
        static let methodNotAllowed = Code(rawValue: "method_not_allowed")
        static let missingField = Code(rawValue: "missing_field")
        static let invalidField = Code(rawValue: "invalid_field")
        static let bodyTooLarge = Code(rawValue: "body_too_large")
        static let mediaTooLarge = Code(rawValue: "media_too_large")
        static let mediaTooLong = Code(rawValue: "media_too_long")
        static let mediaEmpty = Code(rawValue: "media_empty")
        static let mediaUnsupported = Code(rawValue: "media_unsupported")
        static let mediaUnreadable = Code(rawValue: "media_unreadable")
        static let mediaTooComplex = Code(rawValue: "media_too_complex")
        static let lengthRequired = Code(rawValue: "length_required")
        static let limitExceeded = Code(rawValue: "limit_exceeded")
        static let bodyTooSlow = Code(rawValue: "body_too_slow")
        static let clientGone = Code(rawValue: "client_gone")
        static let busy = Code(rawValue: "busy")
        static let storeUnavailable = Code(rawValue: "store_unavailable")
        static let storeFull = Code(rawValue: "store_full")
        static let internalError = Code(rawValue: "internal")
    }

    let code: Code
    /// What went wrong and what to do about it, for the caller to read. Never holds what is the service's own business.
    let message: String
    /// What a dialect's envelope may want to say in fields of its own.
    var details: Details = .none
    /// What chat called it, for envelopes that tell it more finely.
    var chatCode: ChatError.Code?
    /// What lies beneath, for the log alone.
    var cause: (any Error)?

    enum Details: Sendable, Equatable {
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
    static func missing(_ field: String, _ remedy: String) -> APIError {
        APIError(code: .missingField, message: "\(field) is required: \(remedy)")
    }

    static func invalid(_ field: String, _ problem: String) -> APIError {
        APIError(code: .invalidField, message: "\(field) \(problem)")
    }

    static let notFound = APIError(code: .notFound, message: "There is nothing here")
    static let unauthorized = APIError(
        code: .unauthorized, message: "Not authorized: a valid token is needed (Authorization: Bearer …)")
}
