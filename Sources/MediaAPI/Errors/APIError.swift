package import ChatBridge
import HTTPServer
import JSON
import MediaWorker
import ObjectStore

/// The error of a request. All other errors are converted into it; the envelope of each dialect converts it into a
/// response.
package struct APIError: Error {
    /// A stable name for the kind of failure. It determines the HTTP status unless a dialect overrides it.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        /// A code with the name `rawValue`.
        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let badRequest = Code(rawValue: "bad_request")
        package static let unauthorized = Code(rawValue: "unauthorized")
        package static let forbidden = Code(rawValue: "forbidden")
        package static let notFound = Code(rawValue: "not_found")
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
        /// Metadata that are to be removed from the file may be left in it.
        package static let metadataLeft = Code(rawValue: "metadata_left")
        /// The scanner found malware in the file.
        package static let infected = Code(rawValue: "infected")
        /// The scanner did not say whether the file has malware.
        package static let scanUnavailable = Code(rawValue: "scan_unavailable")
        static let lengthRequired = Code(rawValue: "length_required")
        package static let limitExceeded = Code(rawValue: "limit_exceeded")
        package static let rateLimited = Code(rawValue: "rate_limited")
        static let bodyTooSlow = Code(rawValue: "body_too_slow")
        static let clientGone = Code(rawValue: "client_gone")
        package static let busy = Code(rawValue: "busy")
        package static let storeUnavailable = Code(rawValue: "store_unavailable")
        package static let translationUnavailable = Code(rawValue: "translation_unavailable")
        package static let readOnly = Code(rawValue: "read_only")
        package static let storeFull = Code(rawValue: "store_full")
        package static let internalError = Code(rawValue: "internal")
        /// An `Idempotency-Key` was used for another request.
        package static let idempotencyKeyReused = Code(rawValue: "idempotency_key_reused")
        /// Another request with the same `Idempotency-Key` is being performed.
        package static let requestUnderway = Code(rawValue: "request_underway")
        /// Of a resumable upload: the client and the service do not agree on how much has arrived.
        static let offsetMismatch = Code(rawValue: "upload_offset_mismatch")
        /// A resumable upload has expired, or was cancelled, rejected or used up.
        static let uploadGone = Code(rawValue: "upload_gone")
        /// Another request has continued a resumable upload.
        static let uploadLocked = Code(rawValue: "upload_locked")
        /// Bytes have another checksum than the client says.
        static let checksumMismatch = Code(rawValue: "checksum_mismatch")
        /// A body, or an upload, has another digest than the client says.
        static let digestMismatch = Code(rawValue: "digest_mismatch")
        /// The chat server does not accept an upload.
        package static let uploadRefused = Code(rawValue: "upload_refused")
        /// The chat server does not say whether it accepts an upload.
        package static let authorizationUnavailable = Code(rawValue: "upload_authorization_unavailable")
        /// The client speaks another version of a protocol.
        static let unsupportedVersion = Code(rawValue: "unsupported_version")
        /// The bytes of a resumable upload have another media type than those of the protocol.
        static let unsupportedContentType = Code(rawValue: "unsupported_content_type")
    }

    package let code: Code
    /// What went wrong and how to correct it, for the caller. Never contains internal details of the service.
    package let message: String
    /// Additional data for fields of a dialect's envelope.
    package var details: Details = .none
    /// The code of the chat core's error, for envelopes with more specific codes.
    package var chatCode: ChatError.Code?
    /// Why the chat store rejects it, for the same envelopes; `nil` where it does not.
    package var chatReason: StoreError?
    /// After how many seconds to try again, where that is known.
    package var retryAfter: Int?
    /// What a protocol says of it in words of its own.
    var problem = Problem()
    /// The underlying error, for the log; a response 401 names why a token was rejected.
    var cause: (any Error)?

    /// An error of a request; see the properties.
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

    /// What a protocol says of an error beside its code.
    struct Problem: Sendable {
        /// The type in problem details (RFC 9457); `nil` where only the code says what it is.
        var type: String?
        /// Members of problem details.
        var members: JSONObject = [:]
        /// Header fields of the response, in any envelope.
        var fields: HTTPFields = [:]
    }

    /// Additional data of an error.
    package enum Details: Sendable, Equatable {
        case none
        /// Actual and maximum duration, in seconds.
        case duration(actual: Double, maximum: Double)
        /// The maximum size, in bytes.
        case size(maximum: Int)
        /// A limit of a day or an hour; `resetTime` is in ISO 8601.
        case quota(current: Int, maximum: Int, resetTime: String)
        /// The methods that the path supports.
        case allow([String])
    }
}

extension APIError {
    /// A required field is missing; `remedy` states what it must contain.
    package static func missing(_ field: String, _ remedy: String) -> APIError {
        APIError(code: .missingField, message: "\(field) is required: \(remedy)")
    }

    /// The value of a field is not valid; `problem` follows its name in the message.
    package static func invalid(_ field: String, _ problem: String) -> APIError {
        APIError(code: .invalidField, message: "\(field) \(problem)")
    }

    static let notFound = APIError(code: .notFound, message: "There is nothing here")

    /// The path exists, but not with `method`; with the `allowed` ones.
    static func methodNotAllowed(_ method: HTTPMethod, allowed: [HTTPMethod]) -> APIError {
        APIError(
            code: .methodNotAllowed, message: "\(method) is not for this address",
            details: .allow(allowed.map(\.rawValue)))
    }

    static let unauthorized = APIError(
        code: .unauthorized, message: "Not authorized: a valid token is needed (Authorization: Bearer …)")
}
