public import ChatBridge
import Foundation
import JSON

/// The verbs of the `rooms` dialect. What they return is a whole answer, see ``RoomsEnvelope``; what they throw is a
/// ``ChatError``. Whoever is to be told is told through the outbox. For verbs with media, see ``Chat``.
public struct RoomsService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: RoomsLimits

    /// The operations of the dialect over the core of all chats.
    public init(
        core: ChatCore, limits: RoomsLimits = RoomsLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .rooms, core: core, rules: limits.rules, urls: urls)
    }

    /// The room of that id, if `caller` takes part in it.
    func room(_ id: String, for caller: ChatCaller) async throws -> RoomView {
        RoomView(try await chat.conversation(id, for: caller))
    }

    /// Messages as the dialect shows them to `viewer`; for `nil`, to whoever takes part.
    func render(_ messages: [ChatMessage], for viewer: String?) async throws -> [JSONValue] {
        let context = try await chat.context(for: messages, viewer: viewer)
        return messages.map { RoomsMessage.json($0, context) }
    }

    /// A message as it is now, in an answer: `{success, message?, data}`.
    func answer(_ sentence: String?, _ message: ChatMessage, for caller: ChatCaller) async throws -> JSONValue {
        RoomsEnvelope.success(sentence, ["data": try await render([message], for: caller.id)[0]])
    }

    /// A room in an answer: `{success, message?, chatRoom}`.
    func answer(_ sentence: String?, _ room: RoomView, for caller: ChatCaller) async throws -> JSONValue {
        let summary = try await chat.summary(of: room.conversation.id, for: caller)
        var json = try await json(room, lastMessage: summary.lastMessage, for: caller).objectValue ?? [:]
        json["messageCount"] = .integer(try await chat.messageCount(in: summary, for: caller))
        json["unreadCount"] = .integer(summary.unreadCount)
        return RoomsEnvelope.success(sentence, ["chatRoom": .object(json)])
    }

    /// A room as `caller` sees it.
    func json(_ room: RoomView, lastMessage: ChatMessage?, for caller: ChatCaller) async throws -> JSONValue {
        let marks = try await chat.readCursors(of: room.conversation)
        let rendered = try await lastMessage.asyncMap { try await render([$0], for: caller.id)[0] }
        return room.json(
            marks: marks, lastMessage: lastMessage, rendered: rendered ?? .null, limit: limits.maximumParticipants)
    }

    /// The text that `body` has under `field`; `nil` where there is none or `null`.
    func text(_ body: JSONValue, _ field: String) throws(ChatError) -> String? {
        guard let value = body[field], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw ChatError(.invalidRequest, RoomsRefusalMessages.text(field)) }
        return text
    }

    /// The text that `body` has under `field`, as rooms have them: bounded.
    func shortText(_ body: JSONValue, _ field: String) throws(ChatError) -> String? {
        guard let text = try text(body, field) else { return nil }
        guard text.utf8.count <= limits.maximumRoomTextBytes else {
            throw ChatError(.textTooLong, RoomsRefusalMessages.tooLong(field, bytes: limits.maximumRoomTextBytes))
        }
        return text
    }

    /// The text that `body` must have under `field`.
    func requiredText(_ body: JSONValue, _ field: String) throws(ChatError) -> String {
        guard let text = try text(body, field), !text.isEmpty else {
            throw ChatError(.invalidRequest, RoomsRefusalMessages.required(field))
        }
        return text
    }
}

extension Optional {
    /// What `transform` makes of the value, if there is one.
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async throws -> Result? {
        if let self { try await transform(self) } else { nil }
    }
}
