package import ChatBridge
package import JSON

extension BananatalkService {
    /// Returns a page of the caller's conversations, the one with the last message first.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a page or limit below 1; `unavailable` when the store does
    ///   not answer.
    package func conversations(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> BananatalkPage {
        let (page, limit) = try chat.page(page, limit: limit ?? limits.defaultConversations)
        let filter = ConversationFilter(order: .lastMessage)
        let (summaries, total) = try await chat.conversations(of: caller, filter: filter, page: page, limit: limit)
        let users = summaries.reduce(into: Set<String>()) { $0.formUnion($1.conversation.members) }
        let context = try await chat.context(
            for: summaries.compactMap(\.lastMessage), viewer: caller.id, users: users)
        let date = chat.now()
        let items = summaries.map { JSONValue.object(BananatalkConversation.json($0, context, at: date)) }
        return BananatalkPage(items: items, page: page, limit: limit, total: total)
    }

    /// Returns a conversation with everything that its members have set, for one of them.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    package func conversation(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        let summary = try await chat.summary(of: id, for: caller)
        let memberships = try await chat.memberships(in: summary)
        let context = try await chat.context(
            for: [summary.lastMessage].compactMap(\.self), viewer: caller.id, users: summary.conversation.members)
        return BananatalkConversation.details(summary, memberships, context, at: chat.now())
    }

    /// Marks all messages of a conversation as read by the caller, and notifies each sender of how many of theirs that are.
    /// Returns `{markedCount}`.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    package func markConversationRead(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        let conversation = try await chat.conversation(id, for: caller)
        let marked = try await chat.markRead(
            id, by: caller,
            outbox: { BananatalkEvent.read($0, by: caller.id, to: conversation.members) },
            started: DisappearingMessageEvent.read)
        return ["markedCount": .integer(marked.count)]
    }
}
