public import Foundation
public import JSON

/// A conversation, chat or room: members, and the messages between them.
public struct Conversation: Sendable, Hashable {
    /// The ID in the dialect's own form; unique within the dialect.
    public var id: String
    /// The dialect that it belongs to.
    public var dialect: Dialect
    /// The members' user IDs.
    public var members: Set<String>
    /// Whether it is *the* direct conversation of its two members, to which direct messages between them go. There is at most
    /// one for a pair in each dialect.
    public var isDirect: Bool
    /// The name of a group or room.
    public var name: String?
    /// The dialect's own settings, e.g. a room's `allowMediaUpload`.
    public var settings: JSONValue
    /// When it was created.
    public var createdAt: Date
    /// When it last changed, or the last message was sent to it.
    public var updatedAt: Date

    /// A conversation. `isDirect` counts only with two members.
    public init(
        id: String, dialect: Dialect, members: Set<String>, isDirect: Bool = false, name: String? = nil,
        settings: JSONValue = .object([:]), createdAt: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.members = members
        self.isDirect = isDirect && members.count == 2
        self.name = name
        self.settings = settings
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}

/// How far a member has read a conversation.
public struct ReadCursor: Sendable, Hashable {
    /// The last message that they have read or sent.
    public var message: String
    /// When they read it; `nil` for a message from before they joined.
    public var readAt: Date?

    package init(message: String, readAt: Date? = nil) {
        self.message = message
        self.readAt = readAt
    }
}

/// Statistics of a conversation's messages. Deleted messages do not count.
public struct ConversationStatistics: Sendable, Hashable {
    /// The number of messages of each type.
    public var messages: [MessageType: Int]
    /// The number of reactions to them.
    public var reactions: Int
    /// The members who have sent a message lately.
    public var activeMembers: Set<String>

    package init(messages: [MessageType: Int], reactions: Int, activeMembers: Set<String>) {
        self.messages = messages
        self.reactions = reactions
        self.activeMembers = activeMembers
    }
}

/// A conversation as one of its members sees it in their list.
public struct ConversationSummary: Sendable {
    /// The conversation.
    public var conversation: Conversation
    /// The last message that the member can see and that was not deleted.
    public var lastMessage: ChatMessage?
    /// How many messages the member has not read.
    public var unreadCount: Int
    /// How many messages each member has not read, this one included.
    public var unreadCounts: [String: Int] = [:]
    /// The member's own settings of the conversation, and how far they have read it.
    public var membership: Membership

    package init(
        conversation: Conversation, lastMessage: ChatMessage? = nil, unreadCount: Int,
        unreadCounts: [String: Int] = [:], membership: Membership
    ) {
        self.conversation = conversation
        self.lastMessage = lastMessage
        self.unreadCount = unreadCount
        self.unreadCounts = unreadCounts
        self.membership = membership
    }
}
