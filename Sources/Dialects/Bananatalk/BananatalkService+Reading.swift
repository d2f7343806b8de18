public import ChatBridge
public import JSON

extension BananatalkService {
    /// A message, for its sender and receiver alone.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func message(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        try await render(try await chat.message(id, for: caller), for: caller.id)
    }

    /// A page of the conversation of two, for those two alone: from the oldest to the newest message, page 1 the
    /// newest.
    /// - Parameters:
    ///   - before: only messages older than this one.
    ///   - after: only messages newer than this one; then page 1 has the oldest of them.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
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
            messages: try await render(list.messages, for: caller.id), page: wanted.page, limit: wanted.limit,
            total: list.total)
    }

    /// Marks what `sender` wrote to the caller as read. Returns how many that were.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func markAsRead(from sender: String, by caller: ChatCaller) async throws -> Int {
        guard ChatIdentifier.isValid(sender) else { throw ChatError(.invalidRequest, "senderId is required") }
        guard let conversation = try await chat.directConversation(with: sender, for: caller) else { return 0 }
        return try await chat.markRead(conversation.id, by: caller) {
            BananatalkEvent.read($0, by: caller.id, to: sender)
        }.count
    }

    /// Marks a voice message as heard by the caller, its receiver; its sender is told, once. Returns `{messageId,
    /// listenedBy}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func markVoiceListened(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await chat.markListened(id, by: caller) { BananatalkEvent.listened($0, by: caller.id) }
        return ["messageId": .string(id), "listenedBy": .string(caller.id)]
    }

    /// Deletes a message: for the caller, or, by its sender alone, for all. Returns `{messageId, forAll}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func delete(_ id: String, forAll: Bool, by caller: ChatCaller) async throws -> JSONValue {
        if forAll {
            _ = try await chat.deleteForAll(id, by: caller) { message in
                let told = [message.receiver, message.sender].compactMap(\.self)
                return BananatalkEvent.deleted(message, to: told)
            }
        } else {
            try await chat.hide(id, from: caller) { BananatalkEvent.deleted($0, to: [caller.id]) }
        }
        return ["messageId": .string(id), "forAll": .bool(forAll)]
    }
}

/// A page of a conversation.
public struct BananatalkPage: Sendable {
    /// The messages, rendered.
    public var messages: [JSONValue]
    /// From 1.
    public var page: Int
    /// How many at most.
    public var limit: Int
    /// On all pages.
    public var total: Int

    /// `{success: true, data: [...], pagination: {page, limit, total, pages, hasMore}}`
    public var envelope: JSONValue {
        let pages = (total + limit - 1) / limit
        return [
            "success": true, "data": .array(messages),
            "pagination": [
                "page": .integer(page), "limit": .integer(limit), "total": .integer(total), "pages": .integer(pages),
                "hasMore": .bool(page < pages),
            ],
        ]
    }
}
