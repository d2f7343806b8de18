public import Foundation

/// Where chat is kept, in the words of chat. Every verb is one transaction; what it acknowledges outlives a crash.
/// Errors are ``ChatError``s.
public protocol ChatStore: ChatDirectory, LastSeenStore, MessageStore, OutboxStore, ObjectReferences, MediaRepository,
    UploadTickets,
    ReprocessStore
{
    /// Returns if the store can be read and written now; throws ``ChatError/Code/unavailable`` otherwise. Writes nothing.
    func check() async throws
}

/// Users, conversations and who is in them: what the chat server tells.
public protocol ChatDirectory: Sendable {
    /// Writes a user's record; `false` when it said the same already.
    @discardableResult
    func upsert(_ user: ChatUser) async throws -> Bool
    /// The record of a user, `nil` when nobody told of them.
    func user(_ id: String) async throws -> ChatUser?
    /// When the first was told of a user, which stays so whatever is told later; `nil` when nobody told of them.
    func knownSince(_ id: String) async throws -> Date?
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
    /// Changes a conversation that is there by `change`, which may throw, in one transaction. Returns what it is now;
    /// `nil` when there is none. `outbox` is asked only when something changed.
    @discardableResult
    func update(
        _ conversation: String, in dialect: Dialect, outbox: @escaping @Sendable (Conversation) -> [OutboxDraft],
        change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation?
    /// The direct conversation of a pair, made by writing `conversation` if there is none, and whether it was made.
    func directConversation(_ conversation: Conversation) async throws -> (Conversation, isNew: Bool)
    /// A page of the conversations that `user` is in, as far as `filter` wants them, with how many there are.
    func conversations(
        of user: String, in dialect: Dialect, filter: ConversationFilter, page: Int, limit: Int
    ) async throws -> ([ConversationSummary], total: Int)
    /// A conversation as `user` finds it in their list; `nil` when they are not in it.
    func summary(of conversation: String, in dialect: Dialect, for user: String) async throws -> ConversationSummary?
    /// A conversation by its id.
    func conversation(_ id: String, in dialect: Dialect) async throws -> Conversation?
    /// The direct conversation of a pair.
    func directConversation(of a: String, and b: String, in dialect: Dialect) async throws -> Conversation?
    /// Who is in a conversation; empty when there is no such one.
    func members(of conversation: String, in dialect: Dialect) async throws -> Set<String>
    /// With whom `user` shares a conversation: `limit` of them at most, the latest conversations first.
    func contacts(of user: String, in dialect: Dialect, limit: Int) async throws -> Set<String>
    /// The membership of a user in a conversation; `nil` when they are not a member.
    func membership(of user: String, conversation: String, in dialect: Dialect) async throws -> Membership?
    /// The memberships of all members of a conversation, by user.
    func memberships(of conversation: String, in dialect: Dialect) async throws -> [String: Membership]
    /// Changes what a member has set for themselves: whether the conversation is hidden, archived, muted. Returns what it is
    /// now; `nil` when `user` is not a member.
    @discardableResult
    func updateMembership(
        of user: String, conversation: String, in dialect: Dialect,
        change: @escaping @Sendable (inout Membership) -> Void
    ) async throws -> Membership?
    /// Deletes a conversation with its messages; objects that nothing shows any more are doomed. `false` when there was
    /// none.
    @discardableResult
    func deleteConversation(_ id: String, in dialect: Dialect) async throws -> Bool
    /// What was said in a conversation, in numbers.
    /// - Parameter since: from when on a sender counts as active.
    func statistics(of conversation: String, in dialect: Dialect, activeSince date: Date) async throws
        -> ConversationStatistics
}

extension ChatDirectory {
    /// All conversations that `user` is in and has not put away, the one that changed last first.
    public func conversations(of user: String, in dialect: Dialect, page: Int, limit: Int) async throws -> (
        [ConversationSummary], total: Int
    ) {
        try await conversations(of: user, in: dialect, filter: ConversationFilter(), page: page, limit: limit)
    }

    /// The same where nobody is told.
    @discardableResult
    public func update(
        _ conversation: String, in dialect: Dialect, change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation? {
        try await update(conversation, in: dialect, outbox: { _ in [] }, change: change)
    }
}

/// Messages and what happens to them.
public protocol MessageStore: Sendable {
    /// Saves all of `drafts` or none, each with media, unread counts, the sender's daily count and outbox rows; the
    /// intents of their objects are cleared. Throws ``ChatError/Code/limitExceeded``, ``ChatError/Code/notAllowed`` (no
    /// member), ``ChatError/Code/conversationNotFound``, ``ChatError/Code/notFound`` (a medium to forward that is gone).
    func save(_ drafts: [MessageDraft]) async throws -> [SavedMessage]
    /// A message; `nil` when there is none or `viewer` has deleted it for themselves.
    func message(_ id: String, in dialect: Dialect, viewer: String?) async throws -> ChatMessage?
    /// A page of a conversation as `viewer` sees it.
    func messages(of conversation: String, in dialect: Dialect, viewer: String, page: MessagePage) async throws
        -> MessageList
    /// Marks what `reader` has not seen of a conversation as seen, all of it or only what `selection` says, and counts
    /// what still waits. Returns the ids that were marked, oldest first; `outbox` is asked only when there are any.
    func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: @escaping @Sendable ([String]) -> [OutboxDraft]
    ) async throws -> [String]
    /// Gives a message a new text. Returns the message as it is now; throws ``ChatError/Code/messageNotFound``, also for one
    /// that was deleted.
    /// - Parameter history: how many former texts are kept, see ``ChatMessage/editHistory``.
    func edit(
        _ message: String, in dialect: Dialect, text: String, at date: Date, history: Int, outbox: [OutboxDraft]
    ) async throws -> ChatMessage
    /// Adds a reaction, `inPlace` of whatever the user thought before where a dialect allows one each; `false` when it
    /// was there already. Throws ``ChatError/Code/limitReached`` where a message has too many.
    func react(
        to message: String, in dialect: Dialect, _ reaction: Reaction, inPlace: Bool, outbox: [OutboxDraft]
    ) async throws -> Bool
    /// Takes a user's reaction back, or with `nil` all of theirs. Returns those that were there.
    func unreact(to message: String, in dialect: Dialect, user: String, emoji: String?, outbox: [OutboxDraft])
        async throws -> [Reaction]
    /// How many messages a conversation has that `viewer` sees.
    func messageCount(of conversation: String, in dialect: Dialect, viewer: String) async throws -> Int
    /// Notes that messages have reached `users`, but for those who wrote them and what reached them before.
    func markDelivered(_ messages: [String], in dialect: Dialect, to users: Set<String>, at date: Date) async throws
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
    /// Hides every message that a conversation has now from `user` alone; none of them waits for them any more. The
    /// conversation goes out of their list until something is said in it again, or it is put back into it.
    func hideAll(in conversation: String, of dialect: Dialect, from user: String) async throws
    /// How many messages `caller` has sent on the UTC day of `date`, and how many the allowance gives them.
    func usage(of caller: ChatCaller, in dialect: Dialect, allowance: DailyAllowance, at date: Date) async throws
        -> ChatError.Limit
}

extension MessageStore {
    /// The same where no former text is kept.
    public func edit(_ message: String, in dialect: Dialect, text: String, at date: Date, outbox: [OutboxDraft])
        async throws -> ChatMessage
    {
        try await edit(message, in: dialect, text: text, at: date, history: 0, outbox: outbox)
    }
}

/// When users were last seen.
public protocol LastSeenStore: Sendable {
    /// Notes that `user` was seen at `date`.
    func noteSeen(_ user: String, in dialect: Dialect, at date: Date) async throws
    /// When each of `users` was last seen, of those of whom that is known.
    func lastSeen(of users: Set<String>, in dialect: Dialect) async throws -> [String: Date]
}

/// Media that belong to users.
public protocol MediaRepository: Sendable {
    /// Saves a medium and clears the intents of its objects. What ``UploadTickets`` has under its id is used up.
    func save(_ media: MediaItem) async throws
    /// The medium whose object has that key.
    func media(object key: String, in dialect: Dialect) async throws -> MediaItem?
    /// A medium by its id.
    func media(_ id: String) async throws -> MediaItem?
    /// Deletes a medium; objects that nothing else shows are doomed. Returns those; `nil` when there was no such
    /// medium.
    /// - Parameter everywhere: whether its objects are doomed although messages show them, whose attachments go, too.
    func deleteMedia(_ id: String, everywhere: Bool) async throws -> [String]?
    /// Deletes a medium unless a message shows it; whether it did.
    @discardableResult
    func deleteUnshownMedia(_ id: String) async throws -> Bool
    /// Deletes media that were uploaded to be shown in messages and that none shows after they waited for `time`, by the uptime
    /// of the process: at most `limit`. Returns how many there were.
    func deleteUnshownMedia(waiting time: Duration, limit: Int) async throws -> Int
}

/// Uploads that clients were allowed to make straight to the store, and tokens that hold once.
public protocol UploadTickets: Sendable {
    /// Notes an upload that is allowed; its object is reserved. Throws ``ChatError/Code/tooManyUploads`` when its owner has as
    /// many open ones in the dialect as `allowance` gives.
    func save(_ ticket: PresignedUpload, within allowance: UploadAllowance?) async throws
    /// The upload that was allowed under an id.
    func ticket(_ id: String, in dialect: Dialect) async throws -> PresignedUpload?
    /// Uses a token up, to be remembered until `expires`; `false` when it was used before.
    func claim(token: String, in dialect: Dialect, expires: Date) async throws -> Bool
}
