public import Foundation
public import JSON

/// Where messages go: a conversation of two, a chat or a room.
public struct Conversation: Sendable, Hashable {
    /// In the dialect's own form; unique within the dialect.
    public var id: String
    /// Whose it is.
    public var dialect: Dialect
    /// The users in it.
    public var members: Set<String>
    /// Whether it is *the* conversation of its two members: a direct message between them lands here. At most one such
    /// for a pair and dialect.
    public var isDirect: Bool
    /// Of a group or room.
    public var name: String?
    /// The dialect's own, e.g. a room's `allowMediaUpload`.
    public var settings: JSONValue
    /// When it was first told of.
    public var createdAt: Date
    /// When something was last said in it, or it changed.
    public var updatedAt: Date

    /// A conversation. `isDirect` counts only with two members; without it the dialect decides.
    public init(
        id: String, dialect: Dialect, members: Set<String>, isDirect: Bool? = nil, name: String? = nil,
        settings: JSONValue = .object([:]), createdAt: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.members = members
        self.isDirect = (isDirect ?? dialect.isDirect(named: name)) && members.count == 2
        self.name = name
        self.settings = settings
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}

/// How far somebody has read a conversation.
public struct ReadCursor: Sendable, Hashable {
    /// The last message that they have read or written.
    public var message: String
    /// When; `nil` for what was there before they came.
    public var readAt: Date?
}

/// What was said in a conversation, in numbers. Deleted messages do not count.
public struct ConversationStatistics: Sendable, Hashable {
    /// Messages by their type.
    public var messages: [MessageType: Int]
    /// Reactions to them.
    public var reactions: Int
    /// The members who have written lately.
    public var activeMembers: Set<String>
}

/// A conversation as one of its members finds it in their list.
public struct ConversationSummary: Sendable {
    /// The conversation.
    public var conversation: Conversation
    /// What was last said that the member can see, and that was not deleted since.
    public var lastMessage: ChatMessage?
    /// How many messages wait for the member.
    public var unreadCount: Int
    /// How many wait for each member, the same one included.
    public var unreadCounts: [String: Int] = [:]
    /// The member's own settings of the conversation, and how far they have read it.
    public var membership: Membership
}
