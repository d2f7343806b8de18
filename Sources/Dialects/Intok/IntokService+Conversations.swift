public import ChatBridge
public import JSON

extension IntokService {
    /// Returns the caller's conversations, the latest first: `{conversations}`. The reference defines no paging, so all
    /// of them are returned; if there are more than one response can hold, it also has `hasMore` and `nextCursor`, like
    /// lists of messages.
    /// - Parameter cursor: the `nextCursor` of the previous response; `nil` to start with the latest conversation.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the cursor is not valid; `unavailable` when the store
    ///   does not answer.
    public func conversations(of caller: ChatCaller, cursor: String? = nil) async throws -> JSONValue {
        let limit = limits.maximumConversations
        let page = try cursor.map { cursor throws(ChatError) in
            guard let page = Int(cursor), page > 1, String(page) == cursor else {
                throw ChatError(.invalidRequest, "cursor is the nextCursor of a response")
            }
            return page
        }
        let (summaries, total) = try await chat.conversations(of: caller, page: page ?? 1, limit: limit)
        let last = summaries.compactMap(\.lastMessage)
        let userIDs = summaries.reduce(into: Set([caller.id])) { $0.formUnion($1.conversation.members) }
        let context = try await chat.context(for: last, viewer: caller.id, users: userIDs)
        let conversations = summaries.map { summary in
            var json = IntokConversation.json(summary.conversation, context)
            json["lastMessage"] =
                summary.lastMessage.map {
                    IntokMessage.json($0, context, viewer: caller.id, previewLength: limits.previewLength)
                } ?? .null
            json["unreadCount"] = .integer(summary.unreadCount)
            return JSONValue.object(json)
        }
        var response: JSONObject = ["conversations": .array(conversations)]
        let (shown, overflow) = (page ?? 1).multipliedReportingOverflow(by: limit)
        let hasMore = !overflow && shown < total
        if hasMore || page != nil {
            response["hasMore"] = .bool(hasMore)
            response["nextCursor"] = hasMore ? .string(String((page ?? 1) + 1)) : .null
        }
        return .object(response)
    }

    /// Opens the conversation that `{type, participantIds, name?}` describes. Returns `{conversation}`, and whether it
    /// was created.
    /// - Throws: ``ChatError`` with code `invalidRequest` when a member of the body is missing or not valid;
    ///   `unavailable` when the store does not answer.
    public func openConversation(_ body: JSONValue, by caller: ChatCaller) async throws -> (JSONValue, isNew: Bool) {
        let listed = body["participantIds"]?.arrayValue?.map(\.stringValue)
        guard let listed, !listed.isEmpty, !listed.contains(nil) else {
            throw ChatError(.invalidRequest, "participantIds is required: a list of at least one user ID")
        }
        let others = Set(listed.compactMap(\.self)).subtracting([caller.id])
        let name = try body.text("name")
        guard name?.utf8.count ?? 0 <= limits.maximumNameBytes else {
            throw ChatError(.invalidRequest, "name has at most \(limits.maximumNameBytes) bytes")
        }
        var opened: (conversation: Conversation, isNew: Bool)
        switch try body.text("type") {
        case "direct":
            guard others.count == 1, let other = others.first else {
                throw ChatError(.invalidRequest, "A direct conversation is with one other user")
            }
            opened = try await chat.openDirectConversation(with: other, by: caller)
        case "group": opened = (try await chat.openGroup(named: name, of: others, by: caller), true)
        default: throw ChatError(.invalidRequest, "type is required: direct or group")
        }
        let context = try await chat.context(for: [], viewer: caller.id, users: opened.conversation.members)
        return (["conversation": .object(IntokConversation.json(opened.conversation, context))], opened.isNew)
    }

    /// Marks all messages of a conversation as read. Returns `{success, conversationId, lastReadAt}`.
    /// - Throws: ``ChatError`` with code `conversationNotFound` when it does not exist or the caller is not a member;
    ///   `unavailable` when the store does not answer.
    public func markRead(_ conversation: String, by caller: ChatCaller) async throws -> JSONValue {
        let date = chat.timestamp
        _ = try await chat.markRead(conversation, by: caller) { marked in
            IntokEvent.read(marked.map(\.id), in: conversation, by: caller.id)
        }
        return [
            "success": true, "conversationId": .string(conversation),
            "lastReadAt": .string(Timestamp.milliseconds(date)),
        ]
    }

    /// Removes a conversation from the caller's list. Returns `{success, message, conversationId}`.
    /// - Throws: ``ChatError`` with code `conversationNotFound` when it does not exist or the caller is not a member;
    ///   `unavailable` when the store does not answer.
    public func hideFromList(_ conversation: String, by caller: ChatCaller) async throws -> JSONValue {
        try await chat.hideFromList(conversation, by: caller)
        return ["success": true, "message": "Conversation deleted", "conversationId": .string(conversation)]
    }
}
