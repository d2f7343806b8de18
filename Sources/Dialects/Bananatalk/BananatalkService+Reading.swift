public import ChatBridge
public import JSON

extension BananatalkService {
    /// Returns a message. Only its sender and its receiver have access.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func message(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        try await render(try await chat.message(id, for: caller), for: caller.id)
    }

    /// Returns a page of the conversation of two users. Only these two have access. A page is ordered from the oldest
    /// message to the newest, and page 1 has the newest messages.
    /// - Parameters:
    ///   - before: the ID of a message; only older messages are returned.
    ///   - after: the ID of a message; only newer messages are returned, and page 1 has the oldest of them.
    /// - Throws: ``ChatError`` with code `invalidReceiver` for an invalid user ID, `notAllowed` when the caller is
    ///   neither of the two, `invalidRequest` for a page or limit below 1 or a bound that is not a message of the
    ///   conversation; `unavailable` when the store does not answer.
    public func conversation(
        of sender: String, and receiver: String, for caller: ChatCaller, page: Int? = nil, limit: Int? = nil,
        before: String? = nil, after: String? = nil
    ) async throws -> BananatalkPage {
        guard [sender, receiver].allSatisfy(ChatIdentifier.isValid) else {
            throw ChatError(.invalidReceiver, "Not a valid user ID")
        }
        guard caller.id == sender || caller.id == receiver else {
            throw ChatError(.notAllowed, "Not authorized to access this conversation")
        }
        let (page, limit) = try chat.page(page, limit: limit)
        let wanted = MessagePage(
            page: page, limit: limit, before: before.map(MessagePage.Bound.message),
            after: after.map(MessagePage.Bound.message))
        var list = MessageList(messages: [], total: 0)
        let other = sender == caller.id ? receiver : sender
        if let conversation = try await chat.directConversation(with: other, for: caller) {
            list = try await chat.messages(of: conversation.id, for: caller, page: wanted)
        } else if before != nil || after != nil {
            throw ChatError(.unknownBound(isLower: before == nil))
        }
        return BananatalkPage(
            items: try await render(list.messages, for: caller.id), page: wanted.page, limit: wanted.limit,
            total: list.total)
    }

    /// Marks the messages from `sender` to the caller as read. Returns the number of messages that were marked.
    /// - Throws: ``ChatError`` with code `invalidRequest` when `sender` is not a valid user ID; `unavailable` when
    ///   the store does not answer.
    public func markAsRead(from sender: String, by caller: ChatCaller) async throws -> Int {
        guard ChatIdentifier.isValid(sender) else { throw ChatError(.invalidRequest, "senderId is required") }
        guard let conversation = try await chat.directConversation(with: sender, for: caller) else { return 0 }
        return try await chat.markRead(
            conversation.id, by: caller, outbox: { BananatalkEvent.read($0, by: caller.id, to: [sender]) },
            started: DisappearingMessageEvent.read
        ).count
    }

    /// Marks a voice message as listened to by the caller, who must be its receiver. The sender is notified the first
    /// time. Returns `{messageId, listenedBy}`.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notAllowed` unless the caller is the receiver,
    ///   `invalidRequest` unless it is a voice message; `unavailable` when the store does not answer.
    public func markVoiceListened(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await chat.markListened(
            id, by: caller, outbox: { BananatalkEvent.listened($0, by: caller.id) },
            started: DisappearingMessageEvent.read)
        return ["messageId": .string(id), "listenedBy": .string(caller.id)]
    }

    /// Deletes a message for the caller or, if the caller is its sender, for everyone. Returns `{messageId, forAll}`.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func delete(_ id: String, forAll: Bool, by caller: ChatCaller) async throws -> JSONValue {
        if forAll {
            _ = try await chat.deleteForAll(id, by: caller) { BananatalkEvent.deleted($0) }
        } else {
            try await chat.hide(id, from: caller) { BananatalkEvent.hidden($0, from: caller.id) }
        }
        return ["messageId": .string(id), "forAll": .bool(forAll)]
    }
}
