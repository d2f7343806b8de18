public import ChatBridge
public import Foundation

/// What a store keeps of a member of a conversation.
public struct StoredMember: Sendable, Hashable {
    /// How many messages they have not read.
    public var unread = 0
    /// Every message up to this place in the order was read, or is from before they joined.
    public var readUpTo = 0
    /// The message up to which they have read, for documents that name it.
    public var lastRead: LastRead?
    /// Whether the conversation is out of their list until a message is sent to it.
    public var isHidden = false
    /// Whether they have archived the conversation.
    public var isArchived = false
    /// Whether they have muted it.
    public var mute = Membership.Mute.off
    /// When they did.
    public var mutedAt: Date?
    /// When they pinned it.
    public var pinnedAt: Date?

    /// A member who has read nothing.
    public init() {}

    /// How far a member has read, as documents name it.
    public struct LastRead: Sendable, Hashable {
        /// The last message that they have read; `nil` where only the date is known.
        public var message: String?
        /// When they read it.
        public var date: Date

        /// A mark.
        public init(message: String?, date: Date) {
            self.message = message
            self.date = date
        }
    }
}

/// The last message of a conversation, for documents that name it.
public struct LastMessage: Sendable, Hashable {
    /// Its ID.
    public var id: String
    /// Its text.
    public var text: String
    /// Its type.
    public var type: MessageType
    /// Its sender.
    public var sender: String
    /// When it was sent.
    public var date: Date

    /// What a document names of a message; what it does not name is empty.
    public init(id: String = "", text: String = "", type: String = "", sender: String = "", date: Date) {
        self.id = id
        self.text = text
        self.type = MessageType(rawValue: type)
        self.sender = sender
        self.date = date
    }

    /// What documents name of a message.
    public init(_ message: ChatMessage) {
        id = message.id
        text = message.text
        type = message.type
        sender = message.sender
        date = message.createdAt
    }
}

/// A conversation with what a store keeps beside it.
public struct StoredConversation: Sendable {
    /// The conversation.
    public var conversation: Conversation
    /// Its members' own state; one without an entry has read nothing.
    public var members: [String: StoredMember]
    /// Its place in the order of what last changed.
    public var activity: Int
    /// Its place in the order of last messages.
    public var lastSaid: Int
    /// The value by which a direct conversation is found, also after one of the two has left (see ``Conversation/pair``).
    public var pair: String?
    /// The last message, where the document names it or one was saved since it was read.
    public var lastMessage: LastMessage?
    /// The date of the last message that was saved here: a document that names another has had one from another program since.
    public var lastSavedAt: Date?
    /// The number of messages, for documents that name it.
    public var messageCount = 0

    /// A conversation as it is stored.
    public init(
        _ conversation: Conversation, members: [String: StoredMember] = [:], activity: Int = 0, lastSaid: Int = 0
    ) {
        pair = conversation.pair
        self.conversation = conversation
        self.members = members
        self.activity = activity
        self.lastSaid = lastSaid
    }

    /// The state of a member.
    public subscript(user: String) -> StoredMember {
        get { members[user] ?? StoredMember() }
        set { members[user] = newValue }
    }

    /// How many messages each member has not read.
    public var unreadCounts: [String: Int] {
        Dictionary(conversation.members.map { ($0, self[$0].unread) }) { first, _ in first }
    }
}

extension Conversation {
    /// The value by which a direct conversation is found: the two IDs in order, separated by a line feed, which no ID has.
    public var pair: String? {
        guard isDirect, let a = members.min(), let b = members.max() else { return nil }
        return Self.pair(of: a, and: b)
    }

    /// The two IDs in order.
    public static func pair(of a: String, and b: String) -> String { "\(min(a, b))\n\(max(a, b))" }
}
