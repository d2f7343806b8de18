/// Why a store rejected an operation: a stable case with the details that a message needs. ``RefusalMessages`` has the
/// texts.
public enum StoreError: Sendable, Hashable {
    /// The store does not answer.
    case unavailable
    /// The store is being moved to another engine, or was: it is read, and not written.
    case readOnly
    /// A migration to the store has not ended: it is not complete.
    case isIncomplete(url: String)
    /// The store at `path` cannot be opened.
    case cannotOpen(path: String, reason: String)
    /// The cluster at `url` that stores chat cannot be used.
    case cannotConnect(url: String, reason: String)
    /// The store was written by a later version of the program.
    case isNewer(version: Int, known: Int)
    /// There is no such conversation.
    case conversationNotFound
    /// There is no such message, or it was deleted.
    case messageNotFound
    /// The sender is not a member of the conversation.
    case notMember
    /// A direct message has no receiver other than its sender.
    case invalidReceiver
    /// The sender has used up the day's messages.
    case allowanceUsed(ChatError.Limit)
    /// The message has as many reactions as it may have.
    case tooManyReactions
    /// The bound of a page is not a message of the conversation.
    case unknownBound(isLower: Bool)
    /// There is a file under that ID already.
    case mediaExists
    /// An attachment of the message was deleted.
    case mediaDeleted
    /// The message to forward, with its file, was deleted.
    case forwardedMessageDeleted
    /// An object was neither reserved nor is it shown, so it may be deleted at any time.
    case objectDeleted
    /// An object is being deleted, and cannot be reserved until that has ended.
    case objectIsBeingDeleted
    /// The reservation of an object was released meanwhile.
    case reservationReleased(key: String)
    /// The owner has as many uploads open as the allowance permits.
    case tooManyUploads
    /// A search takes longer than it may.
    case searchTooLong
    /// Another attempt performs the request with the same idempotency key.
    case requestTakenOver
    /// The idempotency key was used for another body.
    case keyReused

    /// The kind of error that this is.
    public var code: ChatError.Code {
        switch self {
        case .unavailable, .cannotOpen, .cannotConnect, .isNewer, .isIncomplete, .objectIsBeingDeleted: .unavailable
        case .readOnly: .readOnly
        case .conversationNotFound: .conversationNotFound
        case .messageNotFound: .messageNotFound
        case .notMember: .notAllowed
        case .invalidReceiver: .invalidReceiver
        case .allowanceUsed: .limitExceeded
        case .tooManyReactions, .searchTooLong: .limitReached
        case .unknownBound, .mediaExists: .invalidRequest
        case .mediaDeleted: .mediaNotFound
        case .forwardedMessageDeleted, .objectDeleted, .reservationReleased: .notFound
        case .tooManyUploads: .tooManyUploads
        case .requestTakenOver: .requestUnderway
        case .keyReused: .keyReused
        }
    }
}
