import ChatBridge
import Foundation
import HTTPServer
import MediaModel
import MediaWorker
import ObjectStore

extension APIError {
    /// Converts any error into an API error.
    package init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as MediaError: self.init(media: error)
        case let error as ChatError: self.init(chat: error)
        case let error as ObjectStoreError: self.init(store: error)
        case let error as MultipartError: self.init(multipart: error)
        case let error as RequestBodyError: self.init(body: error)
        case let error as TokenError:
            self = APIError.unauthorized
            cause = error
        case is CancellationError: self.init(code: .clientGone, message: "The client has gone", cause: error)
        default:
            self.init(code: .internalError, message: Self.internalMessage, cause: error)
        }
    }

    private static let internalMessage = "Something went wrong here; try again, and report it if it stays"

    private init(media error: MediaError) {
        var details = Details.none
        let code: Code
        switch error.code {
        case .empty: code = .mediaEmpty
        case .unsupported, .wrongKind, .mismatch: code = .mediaUnsupported
        case .unreadable, .truncated, .crashed: code = .mediaUnreadable
        case .tooLong:
            code = .mediaTooLong
            details = .duration(actual: error.duration ?? 0, maximum: error.limit ?? 0)
        case .tooLarge:
            code = .mediaTooLarge
            details = .size(maximum: Int(saturating: error.limit ?? 0))
        // Files of which only a part is kept may lack data that the inspection needs (`incomplete`).
        case .tooManyPixels, .tooManyStreams, .tooComplex, .deadline, .outOfMemory, .incomplete: code = .mediaTooComplex
        case .busy, .interrupted, .outOfResources: code = .busy
        case .metadataLeft: code = .metadataLeft
        case .infected: code = .infected
        case .scanUnavailable: code = .scanUnavailable
        case .cancelled: code = .clientGone
        case .storage:
            if let cause = error.cause as? ObjectStoreError {
                self.init(store: cause)
                return
            }
            code = .storeUnavailable
        default:
            self.init(code: .internalError, message: Self.internalMessage, cause: error)
            return
        }
        self.init(code: code, message: error.message, details: details, cause: error.cause ?? error)
    }

    private init(chat error: ChatError) {
        var details = Details.none
        var retryAfter: Int?
        let code: Code
        switch error.code {
        case .invalidRequest, .invalidReceiver, .emptyMessage, .textTooLong, .limitReached, .emailExists:
            code = .invalidField
        case .invalidCredentials: code = .unauthorized
        case .notAllowed, .editingTimeExpired: code = .forbidden
        case .notFound, .messageNotFound, .conversationNotFound, .mediaNotFound: code = .notFound
        case .limitExceeded:
            code = .limitExceeded
            if let limit = error.limit {
                details = .quota(
                    current: limit.current, maximum: limit.max, resetTime: Timestamp.seconds(limit.resetTime))
                retryAfter = max(1, Int(saturating: limit.resetTime.timeIntervalSinceNow.rounded(.up)))
            }
        case .tooManyUploads:
            code = .limitExceeded
            // It passes when one of them ends; when that is, is not known.
            retryAfter = 60
        case .tooManySearches: code = .rateLimited
        case .requestUnderway: code = .requestUnderway
        case .keyReused: code = .idempotencyKeyReused
        case .unavailable: code = .storeUnavailable
        case .translationUnavailable: code = .translationUnavailable
        case .readOnly: code = .readOnly
        default: code = .internalError
        }
        self.init(
            code: code, message: error.message, details: details, chatCode: error.code, cause: error.cause ?? error)
        self.retryAfter = error.code == .tooManySearches ? 1 : retryAfter
        chatReason = error.reason
    }

    private init(store error: ObjectStoreError) {
        switch error.code {
        case .notFound: self = APIError(code: .notFound, message: "There is no such object", cause: error)
        case .invalidKey, .invalidRange, .changed:
            self = APIError(code: .badRequest, message: error.message, cause: error)
        case .invalidSignature:
            self = APIError(
                code: .forbidden,
                message:
                    "The URL's signature does not hold: the method, Content-Type and Content-Length must be those it was made for",
                cause: error)
        case .expired:
            self = APIError(
                code: .forbidden, message: "The URL has expired: read the message again for a new one", cause: error)
        case .outOfSpace:
            self = APIError(code: .storeFull, message: "The store has no room left; try again later", cause: error)
        default:
            self = APIError(
                code: .storeUnavailable, message: "The store does not take the file now; try again later", cause: error)
        }
    }

    private init(multipart error: MultipartError) {
        let message =
            switch error {
            case .notMultipart: "The body must be multipart/form-data"
            case .missingBoundary: "The Content-Type names no valid boundary"
            case .malformed: "The multipart body is malformed"
            case .truncated: "The multipart body ends too early"
            case .tooManyParts: "The form has too many parts"
            case .fieldTooLarge(let name): "The field \(name) is too long"
            case .headersTooLarge: "A part's header is too long"
            }
        self.init(code: .badRequest, message: message, cause: error)
    }

    private init(body error: RequestBodyError) {
        switch error {
        case .tooLarge(let limit):
            self.init(
                code: .bodyTooLarge, message: "The body is larger than \(limit) bytes",
                details: .size(maximum: limit), cause: error)
        case .tooSlow: self.init(code: .bodyTooSlow, message: "The body came too slowly", cause: error)
        case .malformed: self.init(code: .badRequest, message: "The body's chunks are malformed", cause: error)
        case .clientGone: self.init(code: .clientGone, message: "The client has gone", cause: error)
        case .evicted:
            self.init(code: .busy, message: "There are too many requests like this one; try again", cause: error)
        case .serverShutdown:
            self.init(code: .busy, message: "The service is shutting down; try again", cause: error)
        case .alreadyRead: self.init(code: .internalError, message: "The body was read already", cause: error)
        }
    }
}
