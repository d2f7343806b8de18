public import Foundation

/// How many messages a user may send on one day (UTC).
public struct DailyAllowance: Sendable, Hashable {
    /// For somebody with an account.
    public var regular: Int
    /// For a visitor.
    public var visitor: Int

    /// An allowance.
    public init(regular: Int, visitor: Int) {
        self.regular = regular
        self.visitor = visitor
    }

    /// How many the allowance gives to a user, whose record or token may say that they are a visitor.
    public func max(for caller: ChatCaller, record: ChatUser?) -> Int {
        caller.userType == .visitor || record?.userType == .visitor ? visitor : regular
    }
}

/// A message about to be saved, with all that must be true together with it.
public struct MessageDraft: Sendable {
    /// Where it goes.
    public enum Place: Sendable {
        /// To the direct conversation of its sender and receiver, which is made under this id if there is none.
        case direct(newConversationID: String)
        /// To the conversation it names, of which the sender must be a member.
        case conversation
    }

    /// The message.
    public var message: ChatMessage
    /// Where it goes.
    public var place: Place
    /// Who sends it: their record starts with the token's name if nobody told of them.
    public var caller: ChatCaller
    /// Checked, and counted, in the same transaction.
    public var allowance: DailyAllowance?
    /// Media that come to be with the message.
    public var media: [MediaItem]
    /// Whether the message is to have a moment of its own in its conversation, in dialects that find it by that: if
    /// another has its moment or a later one, it comes a millisecond after the last.
    public var keepsMomentsApart: Bool
    /// What to tell whom, once conversation and counts are known.
    public var outbox: @Sendable (SavedMessage) -> [OutboxDraft]

    /// A draft.
    public init(
        message: ChatMessage, place: Place, caller: ChatCaller, allowance: DailyAllowance?, media: [MediaItem] = [],
        keepsMomentsApart: Bool = false, outbox: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) {
        self.message = message
        self.place = place
        self.caller = caller
        self.allowance = allowance
        self.media = media
        self.keepsMomentsApart = keepsMomentsApart
        self.outbox = outbox
    }
}

/// A message that is kept.
public struct SavedMessage: Sendable {
    /// The message, with its conversation.
    public var message: ChatMessage
    /// How many messages of the conversation wait for each member, this one included.
    public var unreadCounts: [String: Int]
}

/// Which messages of a conversation are wanted.
public struct MessagePage: Sendable, Hashable {
    /// From 1, the newest messages, backwards.
    public var page: Int
    /// How many at most.
    public var limit: Int
    /// Where a page begins or ends; what stands there is not on it.
    public enum Bound: Sendable, Hashable, ExpressibleByStringLiteral {
        /// A message.
        case message(String)
        /// A moment.
        case date(Date)

        /// A message, by its id.
        public init(stringLiteral id: String) { self = .message(id) }
    }

    /// Only those older than this.
    public var before: Bound?
    /// Only those newer than this; then the page counts from the oldest of them.
    public var after: Bound?
    /// Only those whose text has each of these words in it, in whatever order; case and accents do not count.
    public var containing: String?

    /// A page.
    public init(
        page: Int = 1, limit: Int, before: Bound? = nil, after: Bound? = nil, containing: String? = nil
    ) {
        self.page = page
        self.limit = limit
        self.before = before
        self.after = after
        self.containing = containing
    }
}

/// Messages of a conversation.
public struct MessageList: Sendable {
    /// From the oldest to the newest.
    public var messages: [ChatMessage]
    /// How many there are on all pages.
    public var total: Int
}

/// Which messages of a conversation have been read.
public enum ReadSelection: Sendable, Hashable {
    /// All that there are.
    case all
    /// All up to this one.
    case upTo(String)
    /// These.
    case these(Set<String>)
}
