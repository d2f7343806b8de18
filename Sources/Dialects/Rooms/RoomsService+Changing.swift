public import ChatBridge
public import JSON

/// What happens to a message later. Each is asked for by the route and, after it, by the event of the same name: what is
/// so already stays so, and the room is told once.
extension RoomsService {
    /// Gives the caller's own message the text `content`, see ``content(_:)``.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func edit(_ id: String, in room: String? = nil, content: String, by caller: ChatCaller) async throws
        -> JSONValue
    {
        let edited = try await chat.edit(id, in: room, text: content, by: caller) { RoomsEvent.edited($0) }
        return try await answer(RoomsRefusalMessages.edited, edited, for: caller)
    }

    /// What a body gives as `{content}`, as a message keeps it.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func content(_ body: JSONValue) throws(ChatError) -> String {
        try RoomsContent(body["content"] ?? .null).text
    }

    /// The same of an event's `{newContent}`, which must be there.
    func newContent(_ data: JSONValue) throws(ChatError) -> String {
        guard let content = data["newContent"], !content.isNull else {
            throw ChatError(.invalidRequest, RoomsRefusalMessages.required("newContent"))
        }
        return try RoomsContent(content).text
    }

    /// Deletes the caller's own message, as `{deleteFor}` says: for `everyone`, or, which is what nothing said means, for
    /// the `sender` alone.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func delete(_ id: String, in room: String? = nil, _ body: JSONValue, by caller: ChatCaller) async throws
        -> JSONValue
    {
        let scope = try text(body, "deleteFor") ?? "sender"
        guard ["sender", "everyone"].contains(scope) else {
            throw ChatError(.invalidRequest, RoomsRefusalMessages.deleteFor)
        }
        if scope == "everyone" {
            _ = try await chat.deleteForAll(id, in: room, by: caller) { RoomsEvent.deleted($0, forAll: true) }
        } else if try await !chat.hasHidden(id, caller) {
            let message = try await chat.message(id, for: caller, in: room)
            guard message.sender == caller.id else {
                throw ChatError(.notAllowed, chat.rules.refusals.onlySenderDeletes)
            }
            try await chat.hide(id, in: room, from: caller) { RoomsEvent.deleted($0, forAll: false) }
        }
        return RoomsEnvelope.success(
            RoomsRefusalMessages.deleted, ["messageId": .string(id), "deleteFor": .string(scope)])
    }

    /// Adds the caller's reaction `{emoji, reactionType}` to a message, in place of the one they had.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func react(to id: String, in room: String? = nil, _ body: JSONValue, by caller: ChatCaller) async throws
        -> JSONValue
    {
        let emoji = try requiredText(body, "emoji")
        let name = try text(body, "reactionType")
        guard name.map(Self.reactionTypes.contains) ?? true else {
            throw ChatError(.invalidRequest, RoomsRefusalMessages.reactionType)
        }
        let message = try await chat.presentMessage(id, for: caller, in: room)
        guard try await self.room(message.conversation, for: caller).allowsReactions else {
            throw ChatError(.notAllowed, RoomsRefusalMessages.reactionsNotAllowed)
        }
        _ = try await chat.react(to: id, in: room, emoji: emoji, name: name, by: caller) { message, reaction in
            RoomsEvent.reacted(message, by: caller.id, emoji: reaction.emoji, name: reaction.name)
        }
        return try await answer(
            RoomsRefusalMessages.reacted, try await chat.presentMessage(id, for: caller), for: caller)
    }

    /// Takes the caller's reaction back.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func unreact(to id: String, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.unreact(to: id, emoji: nil, by: caller) {
            RoomsEvent.reacted($0, by: caller.id, emoji: nil, name: nil)
        }
        return try await answer(
            RoomsRefusalMessages.unreacted, try await chat.presentMessage(id, for: caller), for: caller)
    }

    /// The caller's own message in a room, as announced: its receivers were told when it was sent.
    func announced(_ id: String, in room: String, by caller: ChatCaller) async throws -> ChatMessage {
        let message = try await chat.presentMessage(id, for: caller, in: room)
        guard message.sender == caller.id else {
            throw ChatError(.notAllowed, RoomsRefusalMessages.notAnnounceable)
        }
        return message
    }

    private static let reactionTypes: Set<String> = ["like", "love", "haha", "wow", "sad", "angry"]
}
