import ChatBridge
import JSON
import MediaModel

extension ImageKitService {
    /// Sends a text message: `{chatId, content, replyToId}`. Returns `{messageId, timestamp}`.
    func sendMessage(_ body: JSONValue, from caller: ChatCaller) async throws -> JSONValue {
        let content = try body.text("content") ?? ""
        try chat.checkNotEmpty(content)
        return try await send(.text, body, text: content, from: caller)
    }

    /// Sends a file that the caller has uploaded for this chat: `{chatId, media: {fileId, …}, content, replyToId}`. The
    /// message shows the stored file; the size and media type that the client sends are ignored. A `messageType` that
    /// does not match the file, or a URL that is not the file's, is an error. Returns `{messageId, timestamp}`.
    func sendMedia(_ body: JSONValue, from caller: ChatCaller) async throws -> JSONValue {
        let chatID = try body.requiredText("chatId")
        try await openChat(chatID, for: caller)
        let media = body["media"] ?? .null
        let declared = try body.text("messageType")
        guard declared.map(ImageKitFile.messageTypes.contains) ?? true else {
            throw ChatError(.invalidRequest, "`messageType` must be image, video or file")
        }
        let file = try await chat.upload(try media.requiredText("fileId"), of: caller, for: chatID)
        if let url = try media.text("url") { try await check(url, of: file) }
        var record = file.record
        record.id = file.id
        let type = ImageKitFile.messageType(record)
        // Every file may also be sent as `file`.
        guard declared == nil || declared == "file" || declared == type else {
            throw ChatError(.invalidRequest, "`messageType` is \(declared ?? ""), but the file's is \(type)")
        }
        return try await send(
            MessageType(rawValue: type), body, text: try body.text("content") ?? "",
            attachments: [record], from: caller)
    }

    /// Edits the text of the caller's own message: `{messageId, chatId, newContent}`. Returns `{messageId}`.
    func edit(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let (id, _) = try await message(named: body, for: caller, isOpen: true)
        _ = try await chat.edit(id, text: try body.text("newContent") ?? "", by: caller, outbox: ImageKitEvent.edited)
        return ["messageId": .string(id)]
    }

    /// Deletes a message: the caller's own for everyone, with its file unless another message shows it; another user's
    /// for the caller only. Returns `{messageId}`, and whether it was deleted for everyone.
    func delete(_ body: JSONValue, by caller: ChatCaller) async throws -> (JSONValue, isForAll: Bool) {
        let (id, message) = try await message(named: body, for: caller)
        let isForAll = message.sender == caller.id
        if isForAll {
            _ = try await chat.deleteForAll(id, withMedia: true, by: caller) {
                ImageKitEvent.deleted($0, by: caller.id)
            }
        } else {
            try await chat.hide(id, from: caller)
        }
        return (["messageId": .string(id)], isForAll)
    }

    /// Adds a reaction: `{messageId, chatId, emoji}`. Returns `{messageId, emoji}`.
    func addReaction(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let (id, message) = try await message(named: body, for: caller, isOpen: true)
        let emoji = try body.text("emoji") ?? ""
        let timestamp = timestamp
        _ = try await chat.react(to: id, in: message.conversation, emoji: emoji, by: caller) { message, _ in
            ImageKitEvent.reaction("reaction_added", to: message, emoji, by: caller.id, at: timestamp)
        }
        return ["messageId": .string(id), "emoji": .string(emoji)]
    }

    /// Removes a reaction: `{messageId, chatId, emoji}`. Returns `{messageId, emoji}`.
    func removeReaction(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let (id, message) = try await message(named: body, for: caller)
        let emoji = try body.requiredText("emoji")
        let timestamp = timestamp
        _ = try await chat.unreact(to: id, in: message.conversation, emoji: emoji, by: caller) { message in
            ImageKitEvent.reaction("reaction_removed", to: message, emoji, by: caller.id, at: timestamp)
        }
        return ["messageId": .string(id), "emoji": .string(emoji)]
    }

    /// Marks messages as read: `{messageIds, chatId}`; without `messageIds`, all unread messages. Returns
    /// `{messageIds}`: the given IDs, including those that had been read before, or without any the IDs of the messages
    /// that were unread.
    func markAsRead(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let chatID = try body.requiredText("chatId")
        var (selection, named) = (ReadSelection.all, [JSONValue]?.none)
        if let listed = body["messageIds"], !listed.isNull {
            guard let ids = listed.arrayValue?.map(\.stringValue), !ids.contains(nil) else {
                throw ChatError(.invalidRequest, "`messageIds` must be an array of message ids")
            }
            selection = .these(Set(ids.compactMap(\.self)))
            named = ids.map { JSONValue($0) }
        }
        let timestamp = timestamp
        let marked = try await chat.markRead(chatID, selection, by: caller) {
            ImageKitEvent.read($0.map(\.id), by: caller.id, in: chatID, at: timestamp)
        }
        return ["messageIds": .array(named ?? marked.map(JSONValue.string))]
    }

    private func send(
        _ type: MessageType, _ body: JSONValue, text: String, attachments: [MediaRecord] = [], from caller: ChatCaller
    ) async throws -> JSONValue {
        let chatID = try body.requiredText("chatId")
        try await openChat(chatID, for: caller)
        let message = chat.newMessage(
            type, from: caller, in: chatID, text: text, attachments: attachments, replyTo: try body.text("replyToId"))
        let saved = try await chat.send(message, by: caller, outbox: ImageKitEvent.sent)
        return [
            "messageId": .string(saved.message.id),
            "timestamp": .string(Timestamp.milliseconds(saved.message.createdAt)),
        ]
    }

    /// Returns the message that `{messageId, chatId}` identifies. It must exist, and the caller must be a member of its
    /// chat.
    /// - Parameter isOpen: whether the chat must be open for new messages.
    private func message(
        named body: JSONValue, for caller: ChatCaller, isOpen: Bool = false
    ) async throws -> (id: String, message: ChatMessage) {
        let conversation = try await chat.conversation(try body.requiredText("chatId"), for: caller)
        if isOpen { try ChatRequestState(conversation.settings).checkOpen() }
        let id = try body.requiredText("messageId")
        return (id, try await chat.presentMessage(id, for: caller, in: conversation.id))
    }

    /// Checks that `url` is a URL of `file`. The query with the signature is not compared, so that a URL stays valid
    /// here after its signature has expired.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; `unavailable` when the store does not answer.
    private func check(_ url: String, of file: MediaItem) async throws {
        let own = try await chat.urls(file.record.key)
        guard url.prefix(while: { $0 != "?" }) == own.prefix(while: { $0 != "?" }) else { throw chat.noMedia }
    }
}
