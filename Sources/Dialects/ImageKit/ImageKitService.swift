public import ChatBridge
import Foundation
import JSON

/// The verbs of the `imagekit` dialect. What they throw is a ``ChatError``. Whoever is to be told is told through the
/// outbox.
public struct ImageKitService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: ImageKitLimits

    /// The operations of the dialect over the core of all chats.
    public init(
        core: ChatCore, limits: ImageKitLimits = ImageKitLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .imagekit, core: core, rules: limits.rules,
            urls: urls)
    }

    /// The time, as events and answers write it.
    var timestamp: JSONValue { .string(Timestamp.milliseconds(chat.timestamp)) }

    /// The chat of that id, if `caller` is in it and something can still be said there: to refuse an upload at its
    /// field.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    @discardableResult
    public func openChat(_ id: String, for caller: ChatCaller) async throws -> Conversation {
        let conversation = try await chat.conversation(id, for: caller)
        try ChatRequestState(conversation.settings).checkOpen()
        return conversation
    }
}
