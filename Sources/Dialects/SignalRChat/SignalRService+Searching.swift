public import ChatBridge
public import JSON

extension SignalRService {
    /// A page of the messages of a conversation that contain all words of `text`, from the oldest to the newest; page 1 has the
    /// newest messages.
    /// - Throws: ``ChatError`` `invalidRequest` for a text without words or an invalid page or limit, `conversationNotFound` or
    ///   `notAllowed` when the caller has no access to the conversation; `unavailable` when the store does not answer.
    public func search(
        _ text: String?, in conversation: String, for caller: ChatCaller, page: Int?, limit: Int?
    ) async throws -> JSONValue {
        let search = try search(text, in: conversation, page, limit)
        let list = try await chat.search(search, by: caller)
        return [
            "messages": .array(try await render(list.messages.reversed(), for: caller.id)),
            "pagination": Self.pagination(search, list),
        ]
    }

    /// A page of the messages of all conversations of the caller that contain all words of `text`, the newest first, each with
    /// its conversation.
    /// - Throws: ``ChatError`` `invalidRequest` for a text without words or an invalid page or limit; `unavailable` when the
    ///   store does not answer.
    public func searchAll(_ text: String?, for caller: ChatCaller, page: Int?, limit: Int?) async throws -> JSONValue {
        let search = try search(text, in: nil, page, limit)
        let list = try await chat.search(search, by: caller)
        let found = try await chat.conversations(Set(list.messages.map(\.conversation)), for: caller)
        // A membership may have ended since the search.
        let messages = list.messages.filter { found[$0.conversation] != nil }
        let conversations = found.mapValues { JSONValue.object(Self.brief($0)) }
        let rendered = try await render(messages, for: caller.id)
        return [
            "results": .array(
                zip(messages, rendered).map { message, json in
                    ["message": json, "conversation": conversations[message.conversation] ?? .null]
                }),
            "pagination": Self.pagination(search, list),
        ]
    }

    private func search(
        _ text: String?, in conversation: String?, _ page: Int?, _ limit: Int?
    ) throws(ChatError) -> MessageSearch {
        let text = try chat.checkSearch(text)
        let (page, limit) = try chat.page(page, limit: limit ?? limits.defaultSearchResults)
        return MessageSearch(text, in: conversation, page: page, limit: limit)
    }

    /// `{_id, type}`, and the name of a group.
    private static func brief(_ conversation: Conversation) -> JSONObject {
        var json: JSONObject = [
            "_id": .string(conversation.id), "type": .string(conversation.isDirect ? "OneOnOne" : "Group"),
        ]
        if !conversation.isDirect { json["name"] = .string(conversation.name ?? conversation.id) }
        return json
    }

    private static func pagination(_ search: MessageSearch, _ list: MessageList) -> JSONValue {
        let (through, overflow) = search.page.multipliedReportingOverflow(by: search.limit)
        return pagination(
            page: search.page, limit: search.limit, total: list.total,
            ["hasMore": .bool(!overflow && through < list.total)])
    }
}
