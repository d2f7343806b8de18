public import ChatBridge
public import JSON

extension BananatalkService {
    /// The reactions to a message: `[{user, emoji}]`, the oldest first.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func reactions(to id: String, for caller: ChatCaller) async throws -> JSONValue {
        BananatalkMessage.reactions(try await chat.presentMessage(id, for: caller))
    }

    /// Adds a reaction of the caller. Returns all reactions, also if they had added it before.
    /// - Throws: ``ChatError`` with code `invalidRequest` unless `emoji` is one emoji; `messageNotFound`, `notAllowed`,
    ///   `limitReached`; `unavailable` when the store does not answer.
    public func react(to id: String, emoji: String, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.react(to: id, emoji: emoji, by: caller) { message, _ in
            BananatalkEvent.reaction(emoji, to: message, by: caller.id, isAdded: true)
        }
        return try await reactions(to: id, for: caller)
    }

    /// Removes a reaction of the caller. Returns the reactions that are left, also if there was none to remove.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func unreact(to id: String, emoji: String, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.unreact(to: id, emoji: emoji, by: caller) { message in
            BananatalkEvent.reaction(emoji, to: message, by: caller.id, isAdded: false)
        }
        return try await reactions(to: id, for: caller)
    }
}
