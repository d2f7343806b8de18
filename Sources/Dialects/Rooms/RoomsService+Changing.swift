public import ChatBridge
public import JSON

/// Changes to existing messages. Clients call the route and then emit the event of the same name for each change: a
/// change that has been made already has no effect, and the room is notified once.
extension RoomsService {
    /// Replaces the text of the caller's own message by `content`, see ``content(_:)``.
    /// - Throws: ``ChatError`` `messageNotFound` when there is no such message for the caller, `notAllowed` when it
    ///   is another user's, `emptyMessage` or `textTooLong` when the text is not valid; `unavailable` when the store
    ///   does not answer.
    public func edit(_ id: String, in room: String? = nil, content: String, by caller: ChatCaller) async throws
        -> JSONValue
    {
        try await checkNotSystem(id, in: room, for: caller)
        let edited = try await chat.edit(id, in: room, text: content, by: caller) { RoomsEvent.edited($0) }
        return try await response(RoomsTexts.edited, edited, for: caller)
    }

    /// Checks that a message is none of the service itself.
    /// - Throws: ``ChatError`` `messageNotFound`, `notAllowed`; `unavailable` when the store does not answer.
    private func checkNotSystem(_ id: String, in room: String?, for caller: ChatCaller) async throws {
        guard try await chat.message(id, for: caller, in: room).type != .system else {
            throw ChatError(.notAllowed, RoomsTexts.systemMessage)
        }
    }

    /// The `content` of a request body, in the form in which a message stores it.
    /// - Throws: ``ChatError`` `invalidRequest` when it is a number or boolean.
    public func content(_ body: JSONValue) throws(ChatError) -> String {
        try RoomsContent(body["content"] ?? .null).text
    }

    /// The required `newContent` of an event, in the form in which a message stores it.
    /// - Throws: ``ChatError`` `invalidRequest` when it is missing, a number or a boolean.
    func newContent(_ data: JSONValue) throws(ChatError) -> String {
        guard let content = data["newContent"], !content.isNull else {
            throw ChatError(.invalidRequest, RoomsTexts.required("newContent"))
        }
        return try RoomsContent(content).text
    }

    /// Deletes the caller's own message according to `{deleteFor}`: for `everyone`, or, by default, for the `sender`
    /// alone.
    /// - Throws: ``ChatError`` `invalidRequest` for another `deleteFor`, `messageNotFound` when there is no such
    ///   message for the caller, `notAllowed` when it is another user's; `unavailable` when the store does not
    ///   answer.
    public func delete(_ id: String, in room: String? = nil, _ body: JSONValue, by caller: ChatCaller) async throws
        -> JSONValue
    {
        let scope = try text(body, "deleteFor") ?? "sender"
        guard ["sender", "everyone"].contains(scope) else {
            throw ChatError(.invalidRequest, RoomsTexts.deleteFor)
        }
        if scope == "everyone" {
            try await checkNotSystem(id, in: room, for: caller)
            _ = try await chat.deleteForAll(id, in: room, by: caller) { RoomsEvent.deleted($0, forAll: true) }
        } else if try await !chat.hasHidden(id, caller) {
            let message = try await chat.message(id, for: caller, in: room)
            guard message.sender == caller.id else {
                throw ChatError(.notAllowed, chat.rules.refusals.onlySenderDeletes)
            }
            try await chat.hide(id, in: room, from: caller) { RoomsEvent.deleted($0, forAll: false) }
        }
        return RoomsEnvelope.success(
            RoomsTexts.deleted, ["messageId": .string(id), "deleteFor": .string(scope)])
    }

    /// Sets the caller's reaction `{emoji, reactionType}` to a message, replacing a previous one.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid emoji or reaction type, `messageNotFound` when there
    ///   is no such message for the caller, `notAllowed` when the room does not allow reactions; `unavailable` when
    ///   the store does not answer.
    public func react(to id: String, in room: String? = nil, _ body: JSONValue, by caller: ChatCaller) async throws
        -> JSONValue
    {
        let emoji = try requiredText(body, "emoji")
        let name = try text(body, "reactionType")
        guard name.map(Self.reactionTypes.contains) ?? true else {
            throw ChatError(.invalidRequest, RoomsTexts.reactionType)
        }
        let message = try await chat.presentMessage(id, for: caller, in: room)
        guard try await self.room(message.conversation, for: caller).allowsReactions else {
            throw ChatError(.notAllowed, RoomsTexts.reactionsNotAllowed)
        }
        _ = try await chat.react(to: id, in: room, emoji: emoji, name: name, by: caller) { message, reaction in
            RoomsEvent.reacted(message, by: caller.id, emoji: reaction.emoji, name: reaction.name)
        }
        return try await response(
            RoomsTexts.reacted, try await chat.presentMessage(id, for: caller), for: caller)
    }

    /// Removes the caller's reaction from a message.
    /// - Throws: ``ChatError`` `messageNotFound` when there is no such message for the caller; `unavailable` when the
    ///   store does not answer.
    public func unreact(to id: String, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.unreact(to: id, emoji: nil, by: caller) {
            RoomsEvent.reacted($0, by: caller.id, emoji: nil, name: nil)
        }
        return try await response(
            RoomsTexts.unreacted, try await chat.presentMessage(id, for: caller), for: caller)
    }

    /// The caller's own message that a `send_message` event refers to; its receivers were notified when it was sent.
    /// - Throws: ``ChatError`` `messageNotFound` when there is no such message in the room, `notAllowed` when it is
    ///   another user's; `unavailable` when the store does not answer.
    func announced(_ id: String, in room: String, by caller: ChatCaller) async throws -> ChatMessage {
        let message = try await chat.presentMessage(id, for: caller, in: room)
        guard message.sender == caller.id else {
            throw ChatError(.notAllowed, RoomsTexts.notAnnounceable)
        }
        return message
    }

    /// The names that a reaction may have.
    static let reactionTypes: Set<String> = ["like", "love", "haha", "wow", "sad", "angry"]
}
