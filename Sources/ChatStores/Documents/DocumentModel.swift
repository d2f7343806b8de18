public import ChatBridge
public import Foundation

/// How the messages and conversations of a dialect are documents: where their fields are, and how they are read and written.
///
/// What a model has no place for is in the field `darkroom` of the same document. A model writes every field that it knows, and
/// no other; the store compares what a document was with what it is to be, and writes only what differs.
public protocol DocumentModel: Sendable {
    /// The dialect.
    var dialect: Dialect { get }
    /// What its collections are called unless they are named otherwise.
    var collections: CollectionNames { get }
    /// Where the fields of messages are that queries read.
    var messageFields: MessageFields { get }
    /// The path of the members' IDs in a conversation.
    var memberField: String { get }
    /// The path of the date of the last message in a conversation, where another program may send messages.
    var lastMessageDateField: String? { get }
    /// Whether the chat server counts the unread messages of members in the conversation's document. Otherwise messages that it
    /// writes are counted when they get their place in the order of messages.
    var countsUnread: Bool { get }
    /// Further indexes of messages, each a list of paths.
    var messageIndexes: [[String]] { get }
    /// A condition for conversations that a user is a member of.
    func isMember(_ user: String) -> BSONDocument
    /// A condition for conversations that a user has archived.
    func isArchived(by user: String) -> BSONDocument
    /// The path of a setting of a conversation.
    func settingField(_ name: String) -> String
    /// Further indexes of conversations, each a list of paths.
    var conversationIndexes: [[String]] { get }
    /// A condition for messages that a user has not read.
    func isUnread(by user: String) -> BSONDocument
    /// A condition for the messages of a conversation that another program wrote, and that have no place in the order of
    /// messages yet; `nil` where no other program writes any.
    func unplacedMessages(of conversation: Conversation) -> BSONDocument?
    /// Conditions that select such messages of all `conversations` of a user, at least, each by one index. The documents name their
    /// conversation, or its two members as ``MessageFields/sender`` and `receiver`.
    func unplacedMessages(of user: String, in conversations: [Conversation]) -> [BSONDocument]
    /// A date as the field ``MessageFields/createdAt`` has it.
    func value(of date: Date) -> BSONValue
    /// A condition for the direct conversation of a pair that another program wrote; `nil` where there are none.
    func directConversation(of a: String, and b: String) -> BSONDocument?

    /// A message as a document.
    /// - Throws: where it cannot be represented.
    func document(of message: StoredMessage) throws -> BSONDocument
    /// The message that a document represents.
    /// - Throws: where it represents none.
    func message(_ document: BSONDocument) throws -> StoredMessage
    /// A conversation as a document.
    /// - Throws: where it cannot be represented.
    func document(of conversation: StoredConversation) throws -> BSONDocument
    /// The conversation that a document represents.
    /// - Throws: where it represents none.
    func conversation(_ document: BSONDocument) throws -> StoredConversation
    /// The user that a document of the chat server's own users represents; `nil` where it represents none.
    func user(_ document: BSONDocument) -> ChatUser?
    /// Whether the chat server has polls in a collection of their own.
    var hasPolls: Bool { get }
    /// The poll of a message as a document of that collection; `nil` for a message without one.
    func poll(of message: ChatMessage) -> BSONDocument?
}

extension DocumentModel {
    /// None.
    public var messageIndexes: [[String]] { [] }
    /// A condition on the conversation's ID.
    public func unplacedMessages(of user: String, in conversations: [Conversation]) -> [BSONDocument] {
        let named = conversations.filter { unplacedMessages(of: $0) != nil }.map(\.id)
        guard !named.isEmpty else { return [] }
        return [
            BSONDocument([
                (messageFields.conversation, BSONValue.matching(anyOf: named)), ("darkroom.order", .null),
            ])
        ]
    }
    /// None: no other program sends messages.
    public var lastMessageDateField: String? { nil }
    /// It does.
    public var countsUnread: Bool { true }
    /// A condition on the path of the members' IDs.
    public func isMember(_ user: String) -> BSONDocument { BSONDocument([(memberField, BSONValue.matching(user))]) }
    /// A condition on the members of the field `darkroom`.
    public func isArchived(by user: String) -> BSONDocument {
        ["darkroom.members": ["$elemMatch": ["user": .matching(user), "archived": true]]]
    }
    /// The path in the field `darkroom`.
    public func settingField(_ name: String) -> String { "darkroom.settings." + name }
    /// None.
    public var conversationIndexes: [[String]] { [] }
    /// It has not.
    public var hasPolls: Bool { false }
    /// None.
    public func poll(of message: ChatMessage) -> BSONDocument? { nil }
    /// A date of BSON.
    public func value(of date: Date) -> BSONValue { .date(date) }
}

/// What the collections of a dialect are called.
public struct CollectionNames: Sendable, Hashable {
    /// The collection of messages.
    public var messages: String
    /// The collection of conversations, chats or rooms.
    public var conversations: String
    /// The chat server's own collection of users.
    public var users: String
    /// The chat server's own collection of polls, to which polls are written as well; `nil` where they are not.
    public var polls: String?

    /// Names; by default those that mongoose gives, and no collection of polls.
    public init(messages: String = "messages", conversations: String = "conversations", users: String = "users") {
        self.messages = messages
        self.conversations = conversations
        self.users = users
    }
}

/// Where the fields of messages are that queries read.
public struct MessageFields: Sendable {
    /// The conversation's ID.
    public var conversation: String
    /// The sender's ID.
    public var sender: String
    /// The type.
    public var type: String
    /// The text.
    public var text: String
    /// When it was sent.
    public var createdAt: String
    /// The IDs of users who have deleted it for themselves.
    public var hiddenFrom: String
    /// A condition for messages that were not deleted for everyone.
    public var isPresent: BSONDocument
    /// A condition for those that were, which may select others as well; an index is made of these messages alone.
    public var deleted: BSONDocument
    /// The number of its reactions, as an expression.
    public var reactionCount: BSONValue
    /// The ID of the message that it replies to.
    public var replyTo: String
    /// The IDs of the users whom it mentions.
    public var mentionedUser: String
    /// The IDs of the users who have bookmarked it.
    public var bookmarkingUser: String
    /// When its active poll ends by itself, in milliseconds since 1970.
    public var pollEnd: String

    /// Paths and conditions.
    public init(
        conversation: String, sender: String, type: String, text: String, createdAt: String, hiddenFrom: String,
        isPresent: BSONDocument, deleted: BSONDocument, reactionCount: BSONValue, replyTo: String = "replyTo",
        mentionedUser: String = "darkroom.details.mentions.user",
        bookmarkingUser: String = "darkroom.details.bookmarks.user", pollEnd: String = "darkroom.details.pollEnd"
    ) {
        self.conversation = conversation
        self.sender = sender
        self.type = type
        self.text = text
        self.createdAt = createdAt
        self.hiddenFrom = hiddenFrom
        self.isPresent = isPresent
        self.deleted = deleted
        self.reactionCount = reactionCount
        self.replyTo = replyTo
        self.mentionedUser = mentionedUser
        self.bookmarkingUser = bookmarkingUser
        self.pollEnd = pollEnd
    }
}

/// A document that does not have what its model requires.
public struct DocumentError: Error, Sendable {
    /// The field that is missing or of another type.
    public let field: String

    /// An error about a field.
    public init(field: String) { self.field = field }
}
