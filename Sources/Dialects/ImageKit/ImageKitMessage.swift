import ChatBridge
import JSON
import MediaModel

/// Renders messages, chats and their parts as the dialect's reference describes them.
package enum ImageKitMessage {
    /// Renders a message for the REST API.
    static func json(_ message: ChatMessage, in chat: Conversation, _ context: RenderingContext) -> JSONValue {
        [
            "_id": .string(message.id), "chatId": .string(message.conversation), "senderId": .string(message.sender),
            "receiverId": JSONValue(chat.receiver(of: message)), "content": .string(message.text),
            "messageType": .string(message.type.rawValue), "media": media(message, context),
            "isEdited": .bool(message.editedAt != nil),
            "editedAt": JSONValue(message.editedAt.map(Timestamp.milliseconds)),
            "readBy": .array(
                message.receipts.map {
                    ["userId": .string($0.user), "readAt": .string(Timestamp.milliseconds($0.readAt))]
                }),
            "isDeleted": .bool(message.deletedAt != nil),
            "deletedBy": message.deletedAt == nil ? [] : [.string(message.sender)],
            "replyTo": JSONValue(message.replyTo),
            "reactions": .array(
                message.reactions.map {
                    [
                        "userId": .string($0.user), "emoji": .string($0.emoji),
                        "createdAt": .string(Timestamp.milliseconds($0.createdAt)),
                    ]
                }),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(message.updatedAt)),
        ]
    }

    /// Renders a message for the events `message_received` and `media_received`.
    static func arrival(_ message: ChatMessage, in chat: Conversation, _ context: RenderingContext) -> JSONValue {
        var json: JSONObject = [
            "messageId": .string(message.id), "chatId": .string(message.conversation),
            "senderId": .string(message.sender), "receiverId": JSONValue(chat.receiver(of: message)),
            "content": .string(message.text), "messageType": .string(message.type.rawValue),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)), "replyTo": JSONValue(message.replyTo),
        ]
        if message.media != nil { json["media"] = media(message, context) }
        return .object(json)
    }

    /// Renders a chat for `viewer`, with the number of its messages if `messageCount` is given.
    static func json(_ summary: ConversationSummary, for viewer: String, messageCount: Int? = nil) -> JSONValue {
        let (chat, last) = (summary.conversation, summary.lastMessage)
        let state = ChatRequestState(chat.settings)
        var json: JSONObject = [
            "_id": .string(chat.id), "participants": participants(chat),
            "status": .string(state.status.rawValue), "requestedBy": JSONValue(state.requestedBy),
            "acceptedAt": JSONValue(state.acceptedAt.map(Timestamp.milliseconds)),
            "lastMessage": JSONValue(last.map(preview)),
            "lastMessageAt": JSONValue(last.map { Timestamp.milliseconds($0.createdAt) }),
            "lastMessageType": JSONValue(last?.type.rawValue), "lastSenderId": JSONValue(last?.sender),
            "unreadCount": .object(JSONObject(summary.unreadCounts.mapValues(JSONValue.integer))),
            "isArchived": .bool(summary.membership.isArchived),
            "blockedBy": JSONValue(state.blockedBy(for: viewer)),
            "createdAt": .string(Timestamp.milliseconds(chat.createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(chat.updatedAt)),
        ]
        json["messageCount"] = messageCount.map(JSONValue.integer)
        return .object(json)
    }

    /// `{chatId, status, participants}`
    static func info(_ chat: Conversation) -> JSONValue {
        [
            "chatId": .string(chat.id), "status": .string(ChatRequestState(chat.settings).status.rawValue),
            "participants": participants(chat),
        ]
    }

    /// The preview of a message in a list: its text, or its type for media without a text.
    static func preview(_ message: ChatMessage) -> String {
        message.text.isEmpty && message.media != nil ? "[\(message.type.rawValue)]" : message.text
    }

    private static func participants(_ chat: Conversation) -> JSONValue {
        .array(chat.members.sorted().map(JSONValue.string))
    }

    private static func media(_ message: ChatMessage, _ context: RenderingContext) -> JSONValue {
        guard let media = message.media else { return .null }
        return ImageKitFile.media(media, url: context.url(of: media.key)) { context.url(of: $0) }
    }
}

extension Conversation {
    /// The receiver of a message in a chat of two members; `nil` in a chat with more.
    fileprivate func receiver(of message: ChatMessage) -> String? {
        let others = members.subtracting([message.sender])
        return others.count == 1 ? others.first : nil
    }
}
