public import Foundation
import Tracing

/// How many messages a user may send on one day (UTC).
public struct DailyAllowance: Sendable, Hashable {
    /// For a user with an account.
    public var regular: Int
    /// For a visitor.
    public var visitor: Int

    /// An allowance.
    public init(regular: Int, visitor: Int) {
        self.regular = regular
        self.visitor = visitor
    }

    /// How many messages the allowance permits a user, who is a visitor if their record or their token says so.
    public func max(for caller: ChatCaller, record: ChatUser?) -> Int {
        caller.userType == .visitor || record?.userType == .visitor ? visitor : regular
    }
}

/// A message to save, with everything that is written in the same transaction.
public struct MessageDraft: Sendable {
    /// The conversation of a message.
    public enum Place: Sendable {
        /// The direct conversation of its sender and receiver, which is created under this ID if there is none.
        case direct(newConversationID: String)
        /// The conversation that the message names, of which the sender must be a member.
        case conversation
        /// The conversation that the message names; its sender may have left it.
        case notice
    }

    /// The message.
    public var message: ChatMessage
    /// The conversation of the message.
    public var place: Place
    /// The sender. If they have no record, one is created with the name that their token gives.
    public var caller: ChatCaller
    /// The daily allowance, checked and counted in the same transaction; `nil` for none.
    public var allowance: DailyAllowance?
    /// Media that are saved with the message.
    public var media: [MediaItem]
    /// Whether the message's timestamp must be unique in its conversation, for dialects that find messages by it: if the last
    /// message has the same timestamp or a later one, this one gets a timestamp one millisecond after that.
    public var separatesTimestamps: Bool
    /// Completes the message by what its conversation says, in the same transaction.
    public var complete: @Sendable (inout ChatMessage, Conversation) -> Void
    /// The events to deliver, called when conversation and unread counts are known.
    public var outbox: @Sendable (SavedMessage) -> [OutboxDraft]

    /// Whether the sender need not be a member of the conversation.
    package var mayBeFromOthers: Bool { if case .notice = place { true } else { false } }

    /// A draft.
    public init(
        message: ChatMessage, place: Place, caller: ChatCaller, allowance: DailyAllowance?, media: [MediaItem] = [],
        separatesTimestamps: Bool = false,
        complete: @escaping @Sendable (inout ChatMessage, Conversation) -> Void = { _, _ in },
        outbox: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) {
        self.message = message
        self.place = place
        self.caller = caller
        self.allowance = allowance
        self.media = media
        self.separatesTimestamps = separatesTimestamps
        self.complete = complete
        // The store calls it on a thread of its own.
        guard let span = Span.active else {
            self.outbox = outbox
            return
        }
        self.outbox = { saved in Span.$current.withValue(span) { outbox(saved) } }
    }
}

/// A message that was saved.
public struct SavedMessage: Sendable {
    /// The message, with its conversation.
    public var message: ChatMessage
    /// How many messages of the conversation each member has not read, including this one.
    public var unreadCounts: [String: Int]

    package init(message: ChatMessage, unreadCounts: [String: Int]) {
        self.message = message
        self.unreadCounts = unreadCounts
    }
}

/// A page of the messages of a conversation.
public struct MessagePage: Sendable, Hashable {
    /// The number of the page; 1 has the newest messages.
    public var page: Int
    /// The most messages on a page.
    public var limit: Int
    /// Where a page begins or ends; the message there is not on it.
    public enum Bound: Sendable, Hashable, ExpressibleByStringLiteral {
        /// A message.
        case message(String)
        /// A point in time.
        case date(Date)

        /// A message, by its ID.
        public init(stringLiteral id: String) { self = .message(id) }
    }

    /// Only messages older than this.
    public var before: Bound?
    /// Only messages newer than this; page 1 has the oldest of them then.
    public var after: Bound?

    /// A page.
    public init(page: Int = 1, limit: Int, before: Bound? = nil, after: Bound? = nil) {
        self.page = page
        self.limit = limit
        self.before = before
        self.after = after
    }
}

/// Messages of one conversation, or of several.
public struct MessageList: Sendable {
    /// From the oldest to the newest, unless the operation that returns it names another order.
    public var messages: [ChatMessage]
    /// How many messages there are on all pages.
    public var total: Int

    package init(messages: [ChatMessage], total: Int) {
        self.messages = messages
        self.total = total
    }
}

/// A message that a user has read for the first time.
public struct MarkedMessage: Sendable, Hashable {
    /// Its ID.
    public let id: String
    /// Its sender.
    public let sender: String

    package init(id: String, sender: String) {
        self.id = id
        self.sender = sender
    }
}

/// Which messages of a conversation have been read.
public enum ReadSelection: Sendable, Hashable {
    /// All messages.
    case all
    /// All messages up to this one.
    case upTo(String)
    /// These messages.
    case these(Set<String>)
}
