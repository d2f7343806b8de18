public import ChatBridge

extension SQLiteChatStore {
    /// How much processor time a search may take, in seconds.
    static let searchSeconds = 2.0

    /// See ``MessageSearchStore``. On a thread of its own: other operations do not wait for it.
    public nonisolated func search(
        _ search: MessageSearch, in dialect: Dialect, viewer: String
    ) async throws -> MessageList {
        try await (reader ?? self).search(search, in: dialect, viewer: viewer, seconds: Self.searchSeconds)
    }

    /// Searches for at most `seconds` of processor time.
    nonisolated func search(
        _ search: MessageSearch, in dialect: Dialect, viewer: String, seconds: Double
    ) async throws -> MessageList {
        let limit = QueryLimit(seconds: seconds)
        return try await withTaskCancellationHandler {
            try await find(search, in: dialect, viewer: viewer, within: limit)
        } onCancel: {
            limit.cancel()
        }
    }

    private func find(
        _ search: MessageSearch, in dialect: Dialect, viewer: String, within limit: QueryLimit
    ) throws -> MessageList {
        // Others may have been searching until now.
        try Task.checkCancellation()
        do {
            return try connection.limited(by: limit) { try find(search, in: dialect, viewer: viewer) }
        } catch let error as ChatError {
            guard let cause = error.cause as? SQLiteError, cause.isInterruption else { throw error }
            if limit.isCancelled { throw CancellationError() }
            throw ChatError(.searchTooLong)
        }
    }
}
