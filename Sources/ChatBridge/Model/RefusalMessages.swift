/// The texts of refusals. A dialect may have its own.
public struct RefusalMessages: Sendable {
    /// The message does not exist.
    public var noMessage = "Message not found"
    /// The conversation does not exist.
    public var noConversation = "Conversation not found"
    /// The file does not exist.
    public var noMedia = "File not found"
    /// The caller is not a member of the conversation.
    public var notMember = "Not authorized to access this conversation"
    /// The caller is neither sender nor receiver of the message, nor a member of its conversation.
    public var notYourMessage = "Not authorized to access this message"
    /// Deleting another user's message for everyone.
    public var onlySenderDeletes = "Only the sender can delete a message for everyone"
    /// Editing another user's message.
    public var onlySenderEdits = "Only the sender can edit a message"
    /// Editing a message after the editing time.
    public var editingTimeExpired = "The time in which this message could be edited has passed"
    /// Marking a voice message as listened to that was sent to another user.
    public var onlyReceiverListens = "Only the receiver can mark a voice message as listened"
    /// Marking another message than a voice message as listened to.
    public var notVoice = "Not a voice message"
    /// Starting the timer of a disappearing message that was sent to another user.
    public var onlyReceiverStartsTimer = "Only the receiver can start the timer of a disappearing message"
    /// Starting the timer of a message that has none.
    public var noTimer = "Not a message that disappears after it was read"
    /// Sending a message without content.
    public var empty = "Message content is required"
    /// Replying to a message that is not in the conversation.
    public var noRepliedMessage = "The message to reply to was not found in this conversation"
    /// The sticker set does not exist.
    public var noStickerSet = "Sticker set not found"
    /// The sticker is not in its set.
    public var noSticker = "Sticker not found"

    /// The texts in English.
    public init() {}
}

extension RefusalMessages {
    /// The text for a refusal of the store.
    static func message(for reason: StoreError) -> String {
        switch reason {
        case .unavailable: "The chat store does not answer. Try again."
        case .readOnly:
            "Messages can be read, and nothing can be changed now, because they are being moved. Try again later."
        case .isIncomplete(let url):
            "The chat store at \(url) is not complete, because a migration to it has not ended. Run the migration again, "
                + "or undo it with --abort."
        case .cannotOpen(let path, let reason):
            "The chat store at \(path) cannot be opened: \(reason). Check the folder and its rights."
        case .cannotConnect(let url, let reason):
            "The chat store at \(url) cannot be used: \(reason). Check DARKROOM_MONGODB_URL, and that the replica set is running."
        case .isNewer(let version, let known):
            "The chat store was written by a newer version of this program (its tables are at step \(version), this one knows "
                + "\(known)): run that version, or another data folder."
        case .conversationNotFound: "Conversation not found"
        case .messageNotFound: "Message not found"
        case .notMember: "Not a member of this conversation"
        case .invalidReceiver: "A direct message needs a receiver other than its sender."
        case .allowanceUsed(let limit):
            "Daily message limit exceeded. Used \(limit.current)/\(limit.max). Resets at midnight."
        case .tooManyReactions: "The message has as many reactions as it may have"
        case .requestTakenOver: "A request with this Idempotency-Key is being performed: try again later"
        case .keyReused: "This Idempotency-Key was used for another request: take a new one"
        case .searchTooLong: "The search takes too long: search for fewer or longer words"
        case .unknownBound(let isLower): "`\(isLower ? "after" : "before")` names no message"
        case .mediaExists: "The file was sent already"
        case .mediaDeleted: "The file has been deleted"
        case .forwardedMessageDeleted: "The message to forward has been deleted"
        case .objectDeleted: "The file has been deleted meanwhile. Send it again."
        case .objectIsBeingDeleted: "An object of this name is being deleted. Try again."
        case .reservationReleased(let key): "The reservation of \(key) was released meanwhile. Try again."
        case .tooManyUploads:
            "Too many uploads are open: send those that were uploaded, or wait until the addresses of the others have expired."
        }
    }
}
