public import Foundation

/// Where chat is kept, in the words of chat. Every verb is one transaction; what it acknowledges outlives a crash.
/// Errors are ``ChatError``s.
public protocol ChatStore: ChatDirectory, MessageStore, OutboxStore, ObjectLedger, MediaCatalogue, ReprocessStore {}

/// Users, conversations and who is in them: what the chat server tells.
public protocol ChatDirectory: Sendable {
    /// Writes a user's record; `false` when it said the same already.
    @discardableResult
    func upsert(_ user: ChatUser) async throws -> Bool
    /// The record of a user, `nil` when nobody told of them.
    func user(_ id: String) async throws -> ChatUser?
    /// The records there are of `ids`, by id.
    func users(_ ids: Set<String>) async throws -> [String: ChatUser]
    /// Forgets a user's record and takes them out of every conversation; their messages stay. `false` when there was
    /// none.
    @discardableResult
    func deleteUser(_ id: String) async throws -> Bool

    /// Writes a conversation and its members; `false` when it said the same already. If another conversation is the
    /// direct one of the same pair, that one takes this id, and its messages with it.
    @discardableResult
    func upsert(_ conversation: Conversation) async throws -> Bool
    /// A conversation by its id.
    func conversation(_ id: String, in dialect: Dialect) async throws -> Conversation?
    /// The direct conversation of a pair.
    func directConversation(of a: String, and b: String, in dialect: Dialect) async throws -> Conversation?
    /// Who is in a conversation; empty when there is no such one.
    func members(of conversation: String, in dialect: Dialect) async throws -> Set<String>
    /// With whom `user` shares a conversation: `limit` of them at most, the latest conversations first.
    func partners(of user: String, in dialect: Dialect, limit: Int) async throws -> Set<String>
    /// Deletes a conversation with its messages; objects that nothing shows any more are doomed. `false` when there was
    /// none.
    @discardableResult
    func deleteConversation(_ id: String, in dialect: Dialect) async throws -> Bool
    /// How many messages of a conversation wait for `user`.
    func unreadCount(of user: String, conversation: String, in dialect: Dialect) async throws -> Int
}

/// Messages and what happens to them.
public protocol MessageStore: Sendable {
    /// Saves all of `drafts` or none, each with media, unread counts, the sender's daily count and outbox rows; the
    /// intents of their objects are cleared. Throws ``ChatError/Code/limitExceeded``, ``ChatError/Code/notAllowed`` (no
    /// member), ``ChatError/Code/notFound`` (no such conversation, or a medium to forward that is gone).
    func save(_ drafts: [MessageDraft]) async throws -> [SavedMessage]
    /// A message; `nil` when there is none or `viewer` has deleted it for themselves.
    func message(_ id: String, in dialect: Dialect, viewer: String?) async throws -> ChatMessage?
    /// A page of a conversation as `viewer` sees it.
    func messages(of conversation: String, in dialect: Dialect, viewer: String, page: MessagePage) async throws
        -> MessageList
    /// Marks what `reader` has not seen of a conversation as seen and sets their unread count to 0. Returns how many
    /// were marked; `outbox` is asked only when that is not 0.
    func markRead(
        conversation: String, in dialect: Dialect, reader: String, at date: Date,
        outbox: @escaping @Sendable (Int) -> [OutboxDraft]
    ) async throws -> Int
    /// Marks a message as heard by `listener`; `false` when it was already.
    func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft]
    ) async throws -> Bool
    /// Deletes a message for all: text, medium and place are gone, objects that nothing else shows are doomed. Returns
    /// those objects; `nil` when it was deleted already.
    func deleteForAll(_ message: String, in dialect: Dialect, at date: Date, outbox: [OutboxDraft]) async throws
        -> [String]?
    /// Hides a message from `user` alone.
    func hide(_ message: String, in dialect: Dialect, from user: String, outbox: [OutboxDraft]) async throws
    /// How many messages `caller` has sent on the UTC day of `date`, and how many the allowance gives them.
    func usage(of caller: ChatCaller, in dialect: Dialect, allowance: DailyAllowance, at date: Date) async throws
        -> ChatError.Limit
}

/// The native API's media.
public protocol MediaCatalogue: Sendable {
    /// Saves a medium and clears the intents of its objects.
    func save(_ media: OwnedMedia) async throws
    /// A medium by its id.
    func media(_ id: String) async throws -> OwnedMedia?
    /// Deletes a medium; objects that nothing else shows are doomed. Returns those; `nil` when there was no such
    /// medium.
    func deleteMedia(_ id: String) async throws -> [String]?
}
