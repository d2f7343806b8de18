public import ChatBridge
import Foundation
public import JSON
import MediaModel

extension SignalRService {
    /// A page of a conversation's messages, from the oldest to the newest; page 1 has the newest messages.
    /// - Parameters:
    ///   - before: only messages older than this time, in ISO 8601.
    ///   - after: only messages newer than this time, in ISO 8601; then page 1 has the oldest of them.
    /// - Throws: ``ChatError`` `invalidRequest` for an invalid page, limit or date, `conversationNotFound` or
    ///   `notAllowed` when the caller has no access to the conversation; `unavailable` when the store does not
    ///   answer.
    public func messages(
        of conversation: String, for caller: ChatCaller, page: Int?, limit: Int?, before: String?, after: String?
    ) async throws -> JSONValue {
        let (page, limit) = try chat.page(page, limit: limit)
        let wanted = MessagePage(
            page: page, limit: limit, before: try bound(before, "before"), after: try bound(after, "after"))
        var list = try await chat.messages(of: conversation, for: caller, page: wanted)
        try await recordDelivery(of: &list.messages, to: caller)
        let (through, overflow) = page.multipliedReportingOverflow(by: limit)
        return [
            "messages": .array(try await render(list.messages, for: caller.id)),
            "pagination": Self.pagination(
                page: page, limit: limit, total: list.total, ["hasMore": .bool(!overflow && through < list.total)]),
        ]
    }

    /// Sends a message: `{content, messageType, mediaUrls?, replyToMessageId?, mentions?}`. Of the elements of
    /// `mediaUrls`, only the URLs are used; the other attributes come from the stored files.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the
    ///   conversation, `invalidRequest`, `emptyMessage` or `textTooLong` when the body is not valid,
    ///   `messageNotFound` or `mediaNotFound` when the replied message or a file does not exist; `unavailable` when
    ///   the store does not answer.
    public func send(_ body: JSONValue, to id: String, from caller: ChatCaller) async throws -> JSONValue {
        let conversation = try await chat.conversation(id, for: caller)
        let text = try body.text("content") ?? ""
        let type = try type(body)
        var files: [MediaRecord] = []
        switch type {
        case SignalRMessage.media: files = try await self.files(body, of: caller)
        default: try chat.checkNotEmpty(text)
        }
        let replied = try body.text("replyToMessageId")
        if let replied { _ = try await chat.presentMessage(replied, for: caller, in: id) }
        var message = chat.newMessage(
            type, from: caller, in: id, text: text, attachments: files, replyTo: replied)
        let mentioned = try mentions(body, in: conversation)
        if !mentioned.isEmpty { message.details = ["mentions": .array(mentioned.map(JSONValue.string))] }
        let saved = try await chat.send(message, by: caller, outbox: SignalREvent.sent)
        return try await render([saved.message], for: caller.id)[0]
    }

    /// Replaces the text of the caller's own message: `{content}`.
    /// - Throws: ``ChatError`` `messageNotFound` when there is no such message for the caller, `notAllowed` when it
    ///   is another user's, `editingTimeExpired` when it is too old, `invalidRequest`, `emptyMessage` or
    ///   `textTooLong` when the text is not valid; `unavailable` when the store does not answer.
    public func edit(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let text = try body.text("content") else { throw ChatError(.invalidRequest, "`content` is required") }
        let edited = try await chat.edit(id, text: text, by: caller) { _ in [] }
        return [
            "_id": .string(id), "content": .string(edited.text), "isEdited": true,
            "editedAt": SignalRMessage.time(edited.editedAt ?? edited.updatedAt),
        ]
    }

    /// Deletes a message for the caller, or, for its sender alone, for everyone. Then its files are deleted too, unless
    /// another message uses them.
    /// - Throws: ``ChatError`` `messageNotFound` when there is no such message for the caller, `notAllowed` when
    ///   another user's message is to be deleted for everyone; `unavailable` when the store does not answer.
    public func delete(_ id: String, forEveryone: Bool, by caller: ChatCaller) async throws -> JSONValue {
        var date = chat.timestamp
        if forEveryone {
            let message = try await chat.message(id, for: caller)
            date = try await chat.deleteForAll(id, withMedia: true, by: caller) { _ in [] } ?? message.deletedAt ?? date
        } else {
            try await chat.hide(id, from: caller)
        }
        return [
            "messageId": .string(id), "deletedFor": forEveryone ? "everyone" : "me",
            "deletedAt": SignalRMessage.time(date),
        ]
    }

    /// Marks the unread messages of a conversation as read: all, or those up to `lastReadMessageId`. The members are
    /// notified of each message that was marked.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access to the
    ///   conversation, `messageNotFound` when `lastReadMessageId` is not in it; `unavailable` when the store does not
    ///   answer.
    public func markRead(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let last = try body.text("lastReadMessageId")
        if let last { _ = try await chat.message(last, for: caller, in: id) }
        let (user, date) = (try await user(caller), chat.timestamp)
        let marked = try await chat.markRead(id, last.map(ReadSelection.upTo) ?? .all, by: caller) { marked in
            SignalREvent.read(marked.map(\.id), in: id, by: user, at: date)
        }
        return [
            "conversationId": .string(id), "messagesRead": .integer(marked.count),
            "lastReadMessageId": JSONValue(last ?? marked.last), "readAt": SignalRMessage.time(date),
        ]
    }

    /// Adds the caller's reaction to a message: `{emoji}`.
    /// - Throws: ``ChatError`` `invalidRequest` when the emoji is missing or not valid, `messageNotFound` when there
    ///   is no such message for the caller; `unavailable` when the store does not answer.
    public func react(to id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let emoji = try body.text("emoji") else { throw ChatError(.invalidRequest, "`emoji` is required") }
        let new = try await chat.react(to: id, emoji: emoji, by: caller) { _, _ in [] }
        let existing = try await chat.message(id, for: caller).reactions.first {
            $0.user == caller.id && $0.emoji == emoji
        }
        guard let reaction = new ?? existing else { throw chat.noMessage }
        return ["messageId": .string(id), "reaction": SignalRMessage.reaction(reaction, try await user(caller))]
    }

    /// Removes the caller's reaction from a message.
    /// - Throws: ``ChatError`` `invalidRequest` when the emoji is missing, `messageNotFound` when there is no such
    ///   message for the caller, `notFound` when the caller has no such reaction; `unavailable` when the store does
    ///   not answer.
    public func unreact(to id: String, emoji: String?, by caller: ChatCaller) async throws -> JSONValue {
        guard let emoji, !emoji.isEmpty else { throw ChatError(.invalidRequest, "`emoji` is required") }
        guard try await !chat.unreact(to: id, emoji: emoji, by: caller, outbox: { _ in [] }).isEmpty else {
            throw ChatError(.notFound, "You have no such reaction to this message")
        }
        return ["messageId": .string(id), "removedEmoji": .string(emoji)]
    }

    /// Marks messages as delivered to a caller who fetches them.
    private func recordDelivery(of messages: inout [ChatMessage], to caller: ChatCaller) async throws {
        let new = messages.indices.filter { index in
            let message = messages[index]
            return message.sender != caller.id && message.deletedAt == nil
                && !message.deliveries.contains { $0.user == caller.id }
        }
        guard !new.isEmpty else { return }
        let date = chat.timestamp
        do {
            try await chat.markDelivered(new.map { messages[$0].id }, to: [caller.id], at: date)
        } catch  where error.isReadOnlyStore {
            // The messages can be fetched all the same; they count as delivered the next time.
            return
        }
        for index in new { messages[index].deliveries.append(DeliveryReceipt(user: caller.id, deliveredAt: date)) }
    }

    private func bound(_ text: String?, _ name: String) throws(ChatError) -> MessagePage.Bound? {
        guard let text, !text.isEmpty else { return nil }
        guard let date = Timestamp.date(text) else {
            throw ChatError(.invalidRequest, "`\(name)` must be a date in ISO 8601")
        }
        return .date(date)
    }

    private func type(_ body: JSONValue) throws(ChatError) -> MessageType {
        let type = MessageType(rawValue: try body.text("messageType") ?? SignalRMessage.text.rawValue)
        guard [SignalRMessage.text, SignalRMessage.media].contains(type) else {
            throw ChatError(.invalidRequest, "`messageType` must be Text or Media")
        }
        return type
    }

    /// The files named by `mediaUrls`; each must have been uploaded by the caller.
    private func files(_ body: JSONValue, of caller: ChatCaller) async throws -> [MediaRecord] {
        guard let list = body["mediaUrls"]?.arrayValue, (1...limits.maximumAttachments).contains(list.count) else {
            throw ChatError(
                .invalidRequest, "`mediaUrls` must be an array of 1 to \(limits.maximumAttachments) uploaded files")
        }
        var files: [MediaRecord] = []
        for (index, element) in list.enumerated() {
            guard let url = try element.text("url"), !url.isEmpty else {
                throw ChatError(.invalidRequest, "`mediaUrls[\(index)].url` is required")
            }
            let media: MediaItem
            do {
                media = try await chat.ownedMedia(at: url, of: caller)
            } catch let error as ChatError where error.code == .mediaNotFound {
                throw ChatError(.mediaNotFound, "`mediaUrls[\(index)].url` is no file that you uploaded here")
            }
            var record = media.record
            record.id = media.id
            files.append(record)
        }
        return files
    }

    private func mentions(_ body: JSONValue, in conversation: Conversation) throws(ChatError) -> [String] {
        guard let given = body["mentions"], !given.isNull else { return [] }
        let users = try body.users("mentions", atMost: limits.maximumMentions)
        guard users.allSatisfy(conversation.members.contains) else {
            throw ChatError(.invalidRequest, "`mentions` names a user who is not in this conversation")
        }
        return users
    }
}
