public import ChatBridge
import Foundation
import JSON
public import Logging

/// The operations of the `signalr` dialect. They return the `data` of the response, see ``SignalREnvelope``, and throw
/// ``ChatError``. Other users are notified through the outbox.
public struct SignalRService: Sendable {
    let chat: Chat
    let presence: Presence
    /// The dialect's limits.
    public let limits: SignalRLimits

    /// The operations of the dialect on the shared chat core.
    /// - Parameter urls: returns the URL of an object from its key.
    public init(
        core: ChatCore, connections: any ConnectionRegistry, limits: SignalRLimits = SignalRLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String, logger: Logger
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .signalr, core: core,
            ids: DialectIDs.Prefixes(messages: "msg-", conversations: "conv-", media: "file-"),
            rules: limits.rules, urls: urls)
        presence = chat.presence(among: connections, logger: logger)
    }

    /// Messages as JSON for `viewer`; with `nil` for any member.
    func render(_ messages: [ChatMessage], for viewer: String?) async throws -> [JSONValue] {
        let receivers = messages.flatMap { $0.deliveries.map(\.user) }
        let shown = Set(messages.flatMap(SignalRMessage.mentioned)).union(receivers)
        let context = try await chat.context(for: messages, viewer: viewer, users: shown)
        return messages.map { SignalRMessage.json($0, context) }
    }

    /// The stored user of a caller, or a default one.
    func user(_ caller: ChatCaller) async throws -> ChatUser {
        try await chat.user(caller)
    }

    func shown(_ conversation: Conversation, to viewer: ChatCaller) async throws -> SignalRConversation {
        let users = conversation.members.union([conversation.creator].compactMap(\.self))
        return SignalRConversation(
            conversation: conversation, people: try await chat.users(users), viewer: viewer.id)
    }

    /// The pagination fields `{page, limit, totalCount, …}`.
    static func pagination(page: Int, limit: Int, total: Int, _ more: JSONObject) -> JSONValue {
        let numbers: JSONObject = [
            "page": .integer(page), "limit": .integer(limit), "totalCount": .integer(total),
        ]
        return .object(numbers.merging(more) { own, _ in own })
    }
}

extension JSONValue {
    /// The user IDs in the array under `key`, without duplicates and in order.
    /// - Throws: ``ChatError`` `invalidRequest` when there is no such array, or it is too long or has an invalid ID.
    func users(_ key: String, atMost limit: Int) throws(ChatError) -> [String] {
        guard let list = self[key]?.arrayValue else {
            throw ChatError(.invalidRequest, "`\(key)` must be an array of user IDs")
        }
        guard list.count <= limit else {
            throw ChatError(.invalidRequest, "`\(key)` has more than \(limit) user IDs")
        }
        var ids: [String] = []
        for element in list {
            guard let id = element.stringValue, ChatIdentifier.isValid(id) else {
                throw ChatError(.invalidRequest, "`\(key)` must be an array of user IDs")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
