public import Foundation
import JSON

/// The verbs of the `imagekit` dialect. What they throw is a ``ChatError``. Whoever is to be told is told through the
/// outbox.
public struct ImageKitService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: ImageKitLimits

    /// A service over a store; see ``Chat``.
    public init(
        store: any ChatStore, ids: ObjectIDGenerator, now: @escaping @Sendable () -> Date = { Date() },
        limits: ImageKitLimits = ImageKitLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String,
        wake: @escaping @Sendable () -> Void
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .imagekit, store: store, ids: DialectIDs(generator: ids), rules: limits.rules, now: now,
            urls: urls, wake: wake)
    }

    /// The time, as events and answers write it.
    var timestamp: JSONValue { .string(Timestamp.milliseconds(chat.timestamp)) }

    /// The chat of that id, if `caller` is in it and something can still be said there: to refuse an upload at its
    /// field.
    @discardableResult
    public func openChat(_ id: String, for caller: ChatCaller) async throws -> Conversation {
        let conversation = try await chat.conversation(id, for: caller)
        try ChatRequestState(conversation.settings).checkOpen()
        return conversation
    }
}
