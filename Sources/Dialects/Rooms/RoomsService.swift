public import ChatBridge
import Foundation
import JSON
public import Logging

/// The operations of the `rooms` dialect. They return complete responses, see ``RoomsEnvelope``, and throw
/// ``ChatError``. Other users are notified through the outbox. For operations on media, see ``Chat``.
public struct RoomsService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: RoomsLimits
    let logger: Logger

    /// The operations of the dialect on the shared chat core.
    /// - Parameters:
    ///   - logger: gets what fails after an operation whose response says that it was done.
    ///   - urls: returns the URL of an object from its key.
    public init(
        core: ChatCore, limits: RoomsLimits = RoomsLimits(), logger: Logger,
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.limits = limits
        self.logger = logger
        chat = Chat(
            dialect: .rooms, core: core, rules: limits.rules, urls: urls)
    }

    /// The room with the ID `id`.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when `caller` is not a member; `unavailable`
    ///   when the store does not answer.
    func room(_ id: String, for caller: ChatCaller) async throws -> RoomView {
        RoomView(try await chat.conversation(id, for: caller))
    }

    /// Messages as JSON for `viewer`; with `nil` for any participant.
    func render(_ messages: [ChatMessage], for viewer: String?) async throws -> [JSONValue] {
        let context = try await chat.context(for: messages, viewer: viewer)
        return messages.map { RoomsMessage.json($0, context) }
    }

    /// A response with a message in its current state: `{success, message?, data}`.
    func response(_ text: String?, _ message: ChatMessage, for caller: ChatCaller) async throws -> JSONValue {
        RoomsEnvelope.success(text, ["data": try await render([message], for: caller.id)[0]])
    }

    /// A response with a room: `{success, message?, chatRoom}`.
    func response(_ text: String?, _ room: RoomView, for caller: ChatCaller) async throws -> JSONValue {
        let summary = try await chat.summary(of: room.conversation.id, for: caller)
        var json = try await json(room, lastMessage: summary.lastMessage, for: caller).objectValue ?? [:]
        json["messageCount"] = .integer(try await chat.messageCount(in: summary, for: caller))
        json["unreadCount"] = .integer(summary.unreadCount)
        return RoomsEnvelope.success(text, ["chatRoom": .object(json)])
    }

    /// A room as JSON for `caller`.
    func json(_ room: RoomView, lastMessage: ChatMessage?, for caller: ChatCaller) async throws -> JSONValue {
        let marks = try await chat.readCursors(of: room.conversation)
        let rendered = try await lastMessage.asyncMap { try await render([$0], for: caller.id)[0] }
        return room.json(
            marks: marks, lastMessage: lastMessage, rendered: rendered ?? .null, limit: limits.maximumParticipants)
    }

    /// The string under `field` in `body`; `nil` where it is missing or null.
    /// - Throws: ``ChatError`` `invalidRequest` when it is not a string.
    func text(_ body: JSONValue, _ field: String) throws(ChatError) -> String? {
        guard let value = body[field], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw ChatError(.invalidRequest, RoomsTexts.text(field)) }
        return text
    }

    /// The string under `field` in `body`, of at most ``RoomsLimits/maximumRoomTextBytes`` bytes.
    /// - Throws: ``ChatError`` `invalidRequest` when it is not a string, `textTooLong` when it is too long.
    func shortText(_ body: JSONValue, _ field: String) throws(ChatError) -> String? {
        guard let text = try text(body, field) else { return nil }
        guard text.utf8.count <= limits.maximumRoomTextBytes else {
            throw ChatError(.textTooLong, RoomsTexts.tooLong(field, bytes: limits.maximumRoomTextBytes))
        }
        return text
    }

    /// The required, non-empty string under `field` in `body`.
    /// - Throws: ``ChatError`` `invalidRequest` when it is missing, empty or not a string.
    func requiredText(_ body: JSONValue, _ field: String) throws(ChatError) -> String {
        guard let text = try text(body, field), !text.isEmpty else {
            throw ChatError(.invalidRequest, RoomsTexts.required(field))
        }
        return text
    }
}

extension Optional {
    /// The result of `transform` for the value; `nil` without a value.
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async throws -> Result? {
        if let self { try await transform(self) } else { nil }
    }
}
