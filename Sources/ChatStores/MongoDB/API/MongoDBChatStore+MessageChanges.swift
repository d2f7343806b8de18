public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``MessageChangeStore``.
    @discardableResult
    public func updateMessage(
        _ message: String, in dialect: Dialect, by user: String?,
        outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft],
        change: @escaping @Sendable (inout ChatMessage) throws -> Void
    ) async throws -> ChatMessage {
        let step = IdempotentStep.next("message")
        return try await transact(in: dialect) { transaction in
            try transaction.once(step) { _ in
                try transaction.updateMessage(message, in: dialect, by: user, outbox: outbox) { _ in }
            } make: {
                let updated = try transaction.updateMessage(
                    message, in: dialect, by: user, outbox: outbox, change: change)
                return (updated, [message], [.message(message, dialect)])
            }
        }
    }

    /// See ``MessageChangeStore``.
    public func messages(
        _ selection: MessageSelection, in dialect: Dialect, viewer: String, page: MessageListPage
    ) async throws -> MessageList {
        try await read(in: dialect) { try $0.messages(selection, in: dialect, viewer: viewer, page: page) }
    }

    /// See ``MessageChangeStore``.
    public func endedPolls(in dialect: Dialect, at date: Date, limit: Int) async throws -> [ChatMessage] {
        try await read(in: dialect) { try $0.endedPolls(in: dialect, at: date, limit: limit) }
    }

    /// See ``MessageChangeStore``.
    public func nextPollEnd(in dialect: Dialect) async throws -> Date? {
        try await read(in: dialect) { try $0.nextPollEnd(in: dialect) }
    }
}
