public import ChatBridge
import Foundation
import JSON

/// The operations of the `imagekit` dialect. They throw a ``ChatError``. Users are notified through the outbox.
public struct ImageKitService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: ImageKitLimits

    /// Creates the operations of the dialect on top of the chat core.
    /// - Parameter urls: returns the URL of an object.
    public init(
        core: ChatCore, limits: ImageKitLimits = ImageKitLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .imagekit, core: core, rules: limits.rules,
            urls: urls)
    }

    /// The current time in the format of events and responses.
    var timestamp: JSONValue { .string(Timestamp.milliseconds(chat.timestamp)) }

    /// Returns a chat that the caller is a member of and that is open for messages. Also used to reject an upload at
    /// its `chatId` field.
    /// - Throws: ``ChatError`` with code `conversationNotFound`, or `notAllowed` when the caller is not a member, the
    ///   chat is blocked, or its request was rejected; `unavailable` when the store does not answer.
    @discardableResult
    public func openChat(_ id: String, for caller: ChatCaller) async throws -> Conversation {
        let conversation = try await chat.conversation(id, for: caller)
        try ChatRequestState(conversation.settings).checkOpen()
        return conversation
    }
}
