public import Foundation
import JSON

/// The verbs of the `rooms` dialect. What they return is a whole answer, see ``RoomsEnvelope``; what they throw is a
/// ``ChatError``. Whoever is to be told is told through the outbox. For verbs with media, see ``Chat``.
public struct RoomsService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: RoomsLimits

    /// A service over a store; see ``Chat``.
    public init(
        store: any ChatStore, ids: ObjectIDGenerator, now: @escaping @Sendable () -> Date = { Date() },
        limits: RoomsLimits = RoomsLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String,
        wake: @escaping @Sendable () -> Void
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .rooms, store: store, ids: DialectIDs(generator: ids), rules: limits.rules, now: now, urls: urls,
            wake: wake)
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
        let id = room.conversation.id
        let latest = try await chat.store.summary(of: id, in: .rooms, for: caller.id)?.lastMessage
        var json = try await json(room, lastMessage: latest, for: caller).objectValue ?? [:]
        json["messageCount"] = .integer(
            try await chat.store.messageCount(of: id, in: .rooms, viewer: caller.id))
        json["unreadCount"] = .integer(
            try await chat.store.unreadCount(of: caller.id, conversation: id, in: .rooms))
        return RoomsEnvelope.success(sentence, ["chatRoom": .object(json)])
    }

    /// A room as `caller` sees it.
    func json(_ room: RoomView, lastMessage: ChatMessage?, for caller: ChatCaller) async throws -> JSONValue {
        let marks = try await chat.store.readCursors(of: room.conversation.id, in: .rooms)
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
