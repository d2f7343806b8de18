public import Foundation

/// Messages and what happens to them. For errors see ``ChatStore``.
public protocol MessageStore: Sendable {
    /// Saves all of `drafts` or none, each with its media, unread counts, the sender's daily count and outbox entries; the
    /// reservations of its objects are fulfilled.
    /// - Throws: ``StoreError/allowanceUsed(_:)``, ``StoreError/conversationNotFound``, ``StoreError/notMember``,
    ///   ``StoreError/invalidReceiver``, ``StoreError/mediaExists``, ``StoreError/mediaDeleted``,
    ///   ``StoreError/forwardedMessageDeleted``, ``StoreError/objectDeleted``; ``StoreError/unavailable``.
    func save(_ drafts: [MessageDraft]) async throws -> [SavedMessage]
    /// A message; `nil` when there is none, or `viewer` has deleted it for themselves.
    /// - Throws: ``StoreError/unavailable``.
    func message(_ id: String, in dialect: Dialect, viewer: String?) async throws -> ChatMessage?
    /// Those of `ids` that are messages and that `viewer` has not deleted for themselves, oldest first.
    /// - Throws: ``StoreError/unavailable``.
    func messages(_ ids: Set<String>, in dialect: Dialect, viewer: String?) async throws -> [ChatMessage]
    /// A page of a conversation as `viewer` sees it.
    /// - Throws: ``StoreError/unknownBound(isLower:)`` when the page begins or ends at a message that the
    ///   conversation does not have; ``StoreError/unavailable``.
    func messages(of conversation: String, in dialect: Dialect, viewer: String, page: MessagePage) async throws
        -> MessageList
    /// Marks the unread messages of a conversation that match `selection` as read by `reader`, and updates their unread
    /// count. Returns the IDs of the messages that were marked, oldest first.
    /// Starts the timers of those that are deleted some time after they were read.
    /// - Parameters:
    ///   - outbox: what to deliver; called only when a message was marked.
    ///   - started: what to deliver for a message whose timer was started.
    /// - Throws: ``StoreError/messageNotFound`` when the selection ends at a message that the conversation does not
    ///   have; ``StoreError/unavailable``.
    func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: @escaping @Sendable ([MarkedMessage]) -> [OutboxDraft],
        started: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) async throws -> [String]
    /// Replaces a message's text. Returns the message as it is now.
    /// - Parameters:
    ///   - mentions: the users whom the new text names; `nil` to leave them as they are.
    ///   - history: how many previous texts are kept, see ``ChatMessage/editHistory``.
    /// - Throws: ``StoreError/messageNotFound``, also for one that was deleted; ``StoreError/notMember`` where its sender is no
    ///   member of the group any more; ``StoreError/unavailable``.
    func edit(
        _ message: String, in dialect: Dialect, text: String, mentions: [Mention]?, at date: Date, history: Int,
        outbox: [OutboxDraft]
    ) async throws -> ChatMessage
    /// Adds a reaction; `false` when the user had added it already.
    /// - Parameter inPlace: whether it replaces the user's previous reaction, in dialects that allow one for each user.
    /// - Throws: ``StoreError/messageNotFound``, ``StoreError/notMember`` for a message of a group that the user is not a member of,
    ///   ``StoreError/tooManyReactions``; ``StoreError/unavailable``.
    func react(
        to message: String, in dialect: Dialect, _ reaction: Reaction, inPlace: Bool, outbox: [OutboxDraft]
    ) async throws -> Bool
    /// Removes a user's reaction, or with `nil` all of theirs. Returns those that were removed.
    /// - Throws: ``StoreError/messageNotFound``, ``StoreError/notMember`` as above; ``StoreError/unavailable``.
    func unreact(to message: String, in dialect: Dialect, user: String, emoji: String?, outbox: [OutboxDraft])
        async throws -> [Reaction]
    /// How many messages a conversation has that `viewer` sees.
    /// - Throws: ``StoreError/unavailable``.
    func messageCount(of conversation: String, in dialect: Dialect, viewer: String) async throws -> Int
    /// Records that messages have reached `users`, except their senders and those whom they had reached before.
    /// - Throws: ``StoreError/unavailable``.
    func markDelivered(_ messages: [String], in dialect: Dialect, to users: Set<String>, at date: Date) async throws
    /// Marks a message as listened to by `listener`; `false` when it was marked already. Starts its timer if it is deleted some
    /// time after it was read.
    /// - Parameter started: what to deliver when its timer was started.
    /// - Throws: ``StoreError/messageNotFound``; ``StoreError/unavailable``.
    func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft],
        started: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) async throws -> Bool
    /// Deletes a message for everyone: text, attachments and location are removed, objects that nothing else references are
    /// marked for deletion. Returns those objects; `nil` when it was deleted already.
    /// - Throws: ``StoreError/messageNotFound``; ``StoreError/unavailable``.
    func deleteForAll(_ message: String, in dialect: Dialect, at date: Date, outbox: [OutboxDraft]) async throws
        -> [String]?
    /// Deletes a message for `user` alone.
    /// - Throws: ``StoreError/messageNotFound``; ``StoreError/unavailable``.
    func hide(_ message: String, in dialect: Dialect, from user: String, outbox: [OutboxDraft]) async throws
    /// Deletes every message that a conversation has now for `user` alone; none of them counts as unread any more. The
    /// conversation is removed from their list until a message is sent to it, or they put it back.
    /// - Throws: ``StoreError/unavailable``.
    func hideAll(in conversation: String, of dialect: Dialect, from user: String) async throws
    /// How many messages `caller` has sent on the UTC day of `date`, and how many the allowance permits.
    /// - Throws: ``StoreError/unavailable``.
    func usage(of caller: ChatCaller, in dialect: Dialect, allowance: DailyAllowance, at date: Date) async throws
        -> ChatError.Limit
}
