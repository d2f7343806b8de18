public import ChatBridge
public import JSON

extension IntokService {
    /// Returns a page of a conversation, from the oldest message to the newest: `{messages, hasMore, nextCursor}`. The
    /// messages of a conversation have distinct timestamps, so a timestamp as a cursor neither skips nor repeats
    /// messages.
    /// - Parameter cursor: the timestamp of a message; only older messages are returned. `nil` for the newest messages.
    /// - Throws: ``ChatError`` with code `conversationNotFound` when it does not exist or the caller is not a member,
    ///   `invalidRequest` for a limit below 1 or a cursor that is not a timestamp; `unavailable` when the store does
    ///   not answer.
    public func messages(of conversation: String, for caller: ChatCaller, limit: Int?, cursor: String?) async throws
        -> JSONValue
    {
        let limit = try chat.page(nil, limit: limit).limit
        let before = try cursor.map { cursor throws(ChatError) in
            guard let date = Timestamp.date(cursor) else {
                throw ChatError(.invalidRequest, "cursor is the timestamp of a message")
            }
            return MessagePage.Bound.date(date)
        }
        let list = try await chat.messages(
            of: conversation, for: caller, page: MessagePage(limit: limit, before: before))
        let hasMore = list.total > list.messages.count
        let next = hasMore ? list.messages.first.map { Timestamp.milliseconds($0.createdAt) } : nil
        return [
            "messages": .array(try await render(list.messages, for: caller.id)), "hasMore": .bool(hasMore),
            "nextCursor": JSONValue(next),
        ]
    }

    /// Deletes a message for the caller, or, if the caller is its sender, for everyone with its attachment. The event
    /// of a deletion for everyone is `message:deleted`.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `messageNotFound`, `notAllowed` when the message
    ///   is to be deleted for everyone and the caller is not its sender; `unavailable` when the store does not
    ///   answer.
    public func delete(
        _ id: String, in conversation: String, forEveryone: Bool, by caller: ChatCaller
    ) async throws -> JSONValue {
        let members = try await chat.conversation(conversation, for: caller).members
        var response: JSONObject = [
            "success": true, "messageId": .string(id), "conversationId": .string(conversation),
        ]
        guard forEveryone else {
            try await chat.hide(id, in: conversation, from: caller)
            response["deletedForMe"] = true
            return .object(response)
        }
        var date = try await chat.deleteForAll(
            id, in: conversation, withMedia: true, by: caller, outbox: IntokEvent.deleted)
        if date == nil { date = try await chat.message(id, for: caller, in: conversation).deletedAt }
        response["deletedAt"] = JSONValue(date.map(Timestamp.milliseconds))
        response["deletedForEveryone"] = true
        response["participantIds"] = .array(members.sorted().map(JSONValue.string))
        return .object(response)
    }

    /// Marks the message that `data` identifies as read by the caller. Its sender is notified the first time.
    func markMessageRead(_ data: JSONValue, by caller: ChatCaller) async throws {
        let message = try await namedMessage(data, for: caller)
        _ = try await chat.markRead(message.conversation, .these([message.id]), by: caller) { _ in
            IntokEvent.read(message, by: caller.id)
        }
    }

    /// The payloads for the senders of messages that were read together; `nil` when none applies any more.
    func readMembers(_ payload: JSONValue) async throws -> JSONValue? {
        guard let ids = payload["messageIds"]?.arrayValue?.compactMap(\.stringValue), let reader = payload["readBy"]
        else {
            return nil
        }
        var each: [JSONValue] = []
        let messages = try await chat.messagesForDelivery(Set(ids))
        for id in ids {
            guard let message = messages[id],
                let members = IntokEvent.members(IntokEvent.read, payload: ["readBy": reader], of: message)
            else { continue }
            each.append(["to": .string(message.sender), "facts": .object(members)])
        }
        return each.isEmpty ? nil : [IntokAudience.each: .array(each)]
    }

    /// Adds the caller's reaction to the message that `data` identifies, or removes it if it exists.
    func toggleReaction(_ data: JSONValue, by caller: ChatCaller) async throws {
        guard let emoji = try data.text("emoji"), !emoji.isEmpty else {
            throw ChatError(.invalidRequest, "emoji is required")
        }
        let message = try await namedMessage(data, for: caller)
        let drafts = IntokEvent.reacted(to: message, by: caller.id, emoji: emoji)
        let added = try await chat.react(to: message.id, emoji: emoji, by: caller) { _, _ in drafts }
        guard added == nil else { return }
        _ = try await chat.unreact(to: message.id, emoji: emoji, by: caller) { _ in drafts }
    }

    /// Returns the message that `{conversationId, messageId, messageTimestamp}` identifies; all three must match.
    private func namedMessage(_ data: JSONValue, for caller: ChatCaller) async throws -> ChatMessage {
        let (conversation, id) = (try data.requiredText("conversationId"), try data.requiredText("messageId"))
        guard let date = Timestamp.date(try data.requiredText("messageTimestamp")) else {
            throw ChatError(.invalidRequest, "messageTimestamp is the message's timestamp (ISO 8601)")
        }
        _ = try await chat.conversation(conversation, for: caller)
        let message = try await chat.presentMessage(id, for: caller, in: conversation)
        guard message.createdAt == date else { throw chat.noMessage }
        return message
    }
}
