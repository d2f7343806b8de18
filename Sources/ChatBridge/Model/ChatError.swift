public import Foundation

/// What went wrong in chat: a stable code, a message that says how to remedy it, the cause. Knows nothing of HTTP.
///
/// The message is the core's or the dialect's. A store throws a ``StoreError`` wrapped in this, which has no words.
public struct ChatError: Error, Sendable {
    /// The kind of an error, as a stable code.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code.
        public let rawValue: String
        /// A code by its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The request lacks a value or has an invalid one (400).
        public static let invalidRequest = Code(rawValue: "invalid_request")
        /// The receiver is missing, malformed or the sender (400).
        public static let invalidReceiver = Code(rawValue: "invalid_receiver")
        /// The message has no content (400).
        public static let emptyMessage = Code(rawValue: "empty_message")
        /// The text is over the limit (400).
        public static let textTooLong = Code(rawValue: "text_too_long")
        /// A number has reached its limit, e.g. the reactions to a message (400).
        public static let limitReached = Code(rawValue: "limit_reached")
        /// The caller may not see or do this (403).
        public static let notAllowed = Code(rawValue: "not_allowed")
        /// A message can no longer be edited (403).
        public static let editingTimeExpired = Code(rawValue: "editing_time_expired")
        /// What the request names does not exist, or not for this caller (404).
        public static let notFound = Code(rawValue: "not_found")
        /// The message does not exist, or not for this caller (404).
        public static let messageNotFound = Code(rawValue: "message_not_found")
        /// The conversation does not exist, or not for this caller (404).
        public static let conversationNotFound = Code(rawValue: "conversation_not_found")
        /// The file does not exist, or not for this caller (404).
        public static let mediaNotFound = Code(rawValue: "media_not_found")
        /// The daily allowance of messages is used up (429); ``ChatError/limit`` has the numbers.
        public static let limitExceeded = Code(rawValue: "limit_exceeded")
        /// The caller has as many uploads open as they may (429).
        public static let tooManyUploads = Code(rawValue: "too_many_uploads")
        /// The caller, or all together, search as much at once as they may (429).
        public static let tooManySearches = Code(rawValue: "too_many_searches")
        /// There is an account of that e-mail address already (400).
        public static let emailExists = Code(rawValue: "email_exists")
        /// There is no account of that e-mail address and password (401).
        public static let invalidCredentials = Code(rawValue: "invalid_credentials")
        /// Another attempt performs the request with the same idempotency key (409).
        public static let requestUnderway = Code(rawValue: "request_underway")
        /// The idempotency key was used for another body (422).
        public static let keyReused = Code(rawValue: "key_reused")
        /// The store does not answer (503).
        public static let unavailable = Code(rawValue: "unavailable")
        /// No engine translates this text now (503).
        public static let translationUnavailable = Code(rawValue: "translation_unavailable")
        /// The store is being moved, and is not written meanwhile (503).
        public static let readOnly = Code(rawValue: "read_only")
    }

    /// A limit that was reached.
    public struct Limit: Sendable, Hashable {
        /// How many were used.
        public var current: Int
        /// How many are permitted.
        public var max: Int
        /// When counting starts again.
        public var resetTime: Date

        /// A limit.
        public init(current: Int, max: Int, resetTime: Date) {
            self.current = current
            self.max = max
            self.resetTime = resetTime
        }
    }

    /// The kind of error.
    public var code: Code
    /// What happened and what to do about it.
    public var message: String { text ?? reason.map(RefusalMessages.message(for:)) ?? code.rawValue }
    /// Why the store rejected the operation, or would have; `nil` where the core or the dialect rejected it for a reason of its own.
    public let reason: StoreError?
    /// The numbers of the limit, with ``Code/limitExceeded``.
    public var limit: Limit?
    /// The underlying error.
    public var cause: (any Error)?
    private let text: String?

    /// An error of the core or a dialect, with its message.
    /// - Parameter reason: the store's reason that the message is another text for.
    public init(
        _ code: Code, _ message: String, reason: StoreError? = nil, limit: Limit? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        text = message
        self.reason = reason
        self.limit = limit
        self.cause = cause
    }

    /// An error of a store.
    public init(_ reason: StoreError, cause: (any Error)? = nil) {
        code = reason.code
        text = nil
        self.reason = reason
        if case .allowanceUsed(let limit) = reason { self.limit = limit }
        self.cause = cause
    }
}

extension Error {
    /// Whether it says that the store is not written because it is being moved: that is no failure, and work that writes waits
    /// until another store is used.
    package var isReadOnlyStore: Bool { (self as? ChatError)?.code == .readOnly }
}

extension ChatError: CustomStringConvertible {
    /// The code, the message and the cause.
    public var description: String { "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "") }
}
