package import Foundation

/// A conversation with what a store keeps beside it.
package struct MigratedConversation: Sendable {
    /// Its number in the source.
    package var number: Int
    /// The conversation.
    package var conversation: Conversation
    /// The value by which a direct conversation is found, also after one of the two has left.
    package var pair: String?
    /// Its place in the order of what last changed.
    package var activity: Int
    /// Its place in the order of last messages.
    package var lastSaid: Int
    /// The state of its members.
    package var members: [String: MigratedMember]
    /// Its last message.
    package var lastMessage: ChatMessage?
    /// The number of its messages.
    package var messageCount = 0

    /// A conversation.
    package init(
        number: Int, conversation: Conversation, pair: String?, activity: Int, lastSaid: Int,
        members: [String: MigratedMember]
    ) {
        self.number = number
        self.conversation = conversation
        self.pair = pair
        self.activity = activity
        self.lastSaid = lastSaid
        self.members = members
    }
}

/// The state of a member of a conversation.
package struct MigratedMember: Sendable, Hashable {
    /// How many messages they have not read.
    package var unread: Int
    /// Every message up to this one was read, or is from before they joined: the number of a message in the source, its place
    /// in the copy.
    package var readUpTo: Int
    /// That message, and when they read it, where both are known.
    package var lastRead: ReadCursor?
    /// Whether the conversation is out of their list until a message is sent to it.
    package var isHidden: Bool
    /// Whether they have archived it.
    package var isArchived: Bool
    /// Whether they have muted it.
    package var mute: Membership.Mute
    /// When they muted it.
    package var mutedAt: Date?
    /// When they pinned it.
    package var pinnedAt: Date?

    /// The state of a member.
    package init(
        unread: Int, readUpTo: Int, lastRead: ReadCursor? = nil, isHidden: Bool, isArchived: Bool,
        mute: Membership.Mute, mutedAt: Date? = nil, pinnedAt: Date? = nil
    ) {
        self.unread = unread
        self.readUpTo = readUpTo
        self.lastRead = lastRead
        self.isHidden = isHidden
        self.isArchived = isArchived
        self.mute = mute
        self.mutedAt = mutedAt
        self.pinnedAt = pinnedAt
    }
}

/// A message with what a store keeps beside it.
package struct MigratedMessage: Sendable {
    /// Its number in the source: messages of a conversation are in that order.
    package var number: Int
    /// Its place in the copy, which is in the same order.
    package var place = 0
    /// The message.
    package var message: ChatMessage
    /// The users who have deleted it for themselves.
    package var hiddenFrom: [String]
    /// Which of the conversation's deletions for everyone it was.
    package var deletion: Int?
    /// The objects that it refers to.
    package var objects: [String]
    /// The other member of a conversation of two.
    package var counterpart: String?

    /// A message.
    package init(number: Int, message: ChatMessage, hiddenFrom: [String], deletion: Int?, objects: [String] = []) {
        self.number = number
        self.message = message
        self.hiddenFrom = hiddenFrom
        self.deletion = deletion
        self.objects = objects
    }
}
