package import ChatBridge
import Foundation
package import JSON

/// What a member sets for all members of a conversation.
extension BananatalkService {
    /// Changes the theme of a conversation. Returns the conversation.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a value that is not valid, `conversationNotFound` or
    ///   `notAllowed`; `unavailable` when the store does not answer.
    package func setTheme(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let limits = limits
        try await chat.update(id, by: caller) { conversation in
            try body.checkObject()
            try conversation.theme.change(body, limits)
        }
        return try await conversation(id, for: caller)
    }

    /// Sets the nickname of a member; an empty one, or `null`, removes it. Returns the conversation.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a user who is not a member or a nickname that is too long,
    ///   `conversationNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    package func setNickname(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.conversation(id, for: caller)
        let user = try body.text("targetUserId") ?? ""
        let nickname = try body.text("nickname", maximumBytes: limits.maximumNicknameBytes) ?? ""
        let name = nickname.trimmingCharacters(in: .whitespacesAndNewlines)
        let date = chat.timestamp
        try await chat.update(id, by: caller) { conversation in
            guard conversation.members.contains(user) else {
                throw ChatError(.invalidRequest, "targetUserId must be a member of the conversation")
            }
            conversation.setNickname(name, of: user, by: caller.id, at: date)
        }
        return try await conversation(id, for: caller)
    }

    /// Makes a conversation a secret chat, or changes what holds in the one that it is. Returns the conversation.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a value that is not valid, `conversationNotFound` or
    ///   `notAllowed`; `unavailable` when the store does not answer.
    package func enableSecretChat(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let (limits, date) = (limits, chat.timestamp)
        try await chat.update(id, by: caller) { conversation in
            try body.checkObject()
            var secret = conversation.secretChat ?? SecretChatSettings(at: date)
            try secret.change(body, limits)
            conversation.secretChat = secret
        }
        return try await conversation(id, for: caller)
    }

    /// Returns the quick replies of a conversation.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    package func quickReplies(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        .array(try await chat.conversation(id, for: caller).quickReplies.map(\.json))
    }

    /// Adds a quick reply to a conversation. Returns it.
    /// - Throws: ``ChatError`` with code `emptyMessage`, `invalidRequest` for a text that is too long, `limitReached`,
    ///   `conversationNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    package func addQuickReply(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        _ = try await chat.conversation(id, for: caller)
        let limits = limits
        let text = try body.text("text", maximumBytes: limits.maximumQuickReplyBytes) ?? ""
        guard !text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty else {
            throw ChatError(.emptyMessage, "Quick reply text is required")
        }
        let reply = QuickReply(id: chat.ids.message(at: chat.timestamp), text: text, createdBy: caller.id)
        let changed = try await chat.update(id, by: caller) { conversation in
            guard conversation.quickReplies.count < limits.maximumQuickReplies else {
                throw ChatError(
                    .limitReached, "A conversation has at most \(limits.maximumQuickReplies) quick replies")
            }
            conversation.quickReplies.append(reply)
        }
        // An earlier attempt at the same request has added it under another ID.
        let known = changed.quickReplies.last { $0.createdBy == caller.id && $0.text == text }
        return (changed.quickReplies.first { $0.id == reply.id } ?? known ?? reply).json
    }
}
