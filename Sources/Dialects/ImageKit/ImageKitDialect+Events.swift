import JSON
package import OpenAPI

extension ImageKitDialect {
    /// The dialect's Socket.IO and its events.
    package static let socket = ChannelDescription(
        "socket", at: "/socket.io/",
        """
        Socket.IO 5 over Engine.IO 4, by polling and WebSocket. The data are an event's only argument. The token is `auth.token`, the \
        query's `token` or the field `authorization`; of a chat a client receives events once it has sent `join_chat`. Success is \
        reported by an event, failure by `error`; acknowledgements have the same content.
        """, fromClients + toClients)

    private static let chat = Schema.Property.required("chatId", .string)
    private static let message = Schema.Property.required("messageId", .string)
    private static let user = Schema.Property.required("userId", .string)
    private static let emoji = Schema.Property.required("emoji", .string)
    private static let timestamp = Schema.Property.required("timestamp", .date)
    private static let replyTo = Schema.Property.optional("replyToId", Schema.string.nullable)
    private static let failure = Schema.object([.required("error", .string)])

    private static func received(
        _ name: String, _ summary: String, _ members: [Schema.Property], reply: [Schema.Property]
    ) -> EventDescription {
        .received(name, summary, .object(members), reply: .any(of: [.object(reply), failure]))
    }

    private static let joined = [chat, Schema.Property.required("message", .string)]
    private static let saved = [message, timestamp]
    private static let read = [Schema.Property.required("messageIds", .array(of: .string))]

    private static let fromClients: [EventDescription] = [
        received("join_chat", "Receives the events of a chat", [chat], reply: joined),
        received("leave_chat", "Receives nothing more of a chat", [chat], reply: [chat]),
        received("send_message", "Sends a text", [chat, .required("content", .string), replyTo], reply: saved),
        received(
            "send_media", "Sends a file that was uploaded",
            [
                chat,
                .required(
                    "media", .object([.required("fileId", .string), .optional("url", Schema.string.nullable)])),
                .optional("messageType", Schema.string.nullable), .optional("content", Schema.string.nullable),
                replyTo,
            ], reply: saved),
        received(
            "mark_as_read", "Marks messages as read; all where none are named",
            [chat, .optional("messageIds", Schema.array(of: .string).nullable)], reply: read),
        received(
            "edit_message", "Edits one's own message", [chat, message, .required("newContent", .string)],
            reply: [message]),
        received(
            "delete_message", "Deletes one's own message for everyone, another's for oneself", [chat, message],
            reply: [message]),
        received("add_reaction", "Adds a reaction", [chat, message, emoji], reply: [message, emoji]),
        received("remove_reaction", "Removes a reaction", [chat, message, emoji], reply: [message, emoji]),
        .received("typing", "Those who have joined receive `user_typing`", .object([chat])),
        .received("stop_typing", "Those who have joined receive `user_stop_typing`", .object([chat])),
    ]

    private static func sent(_ name: String, _ summary: String, _ members: [Schema.Property]) -> EventDescription {
        .sent(name, summary, .object(members))
    }

    private static let arrival: [Schema.Property] = [
        message, chat, .required("senderId", .string), .required("receiverId", Schema.string.nullable),
        .required("content", .string), .required("messageType", .string), .required("createdAt", .date),
        .required("replyTo", Schema.string.nullable),
    ]

    private static let media = Schema.object([
        .required("url", .string), .required("fileId", Schema.string.nullable), .required("fileName", .string),
        .required("fileSize", .integer, "In bytes."), .required("mimeType", .string),
        .optional("duration", .number, "In seconds."), .optional("width", .integer, "In pixels."),
        .optional("height", .integer, "In pixels."), .optional("thumbnailUrl", .string),
    ]).named("Media")

    private static let toClients: [EventDescription] = [
        sent(ImageKitEvent.messageReceived, "A text, to who has joined, the sender too", arrival),
        sent(
            ImageKitEvent.mediaReceived, "A file, to who has joined, the sender too",
            arrival + [.required("media", media)]),
        sent(
            ImageKitEvent.unreadMessage, "A message, to members who are connected and have not joined",
            [
                chat, .required("senderId", .string), .required("lastMessage", .string),
                .required("unreadCount", .integer),
            ]),
        sent(
            "messages_read", "Messages were read, to who has joined",
            [chat] + read + [.required("readBy", .string), timestamp]),
        sent(
            "message_edited", "A message was edited, to who has joined",
            [
                chat, message, .required("newContent", .string), .required("editedAt", Schema.date.nullable),
                .required("editedBy", .string),
            ]),
        sent(
            "message_deleted", "A message was deleted, to who has joined, or for oneself to the socket that deleted",
            [chat, message, .required("deletedBy", .string)]),
        sent("reaction_added", "A reaction was added, to who has joined", [chat, message, user, emoji, timestamp]),
        sent("reaction_removed", "A reaction was removed, to who has joined", [chat, message, user, emoji, timestamp]),
        sent("user_online", "A user's first socket joined, to who has joined", [chat, user, timestamp]),
        sent("user_offline", "A user's last socket left, to who has joined", [chat, user, timestamp]),
        sent("user_typing", "A user types, to who has joined except that socket", [chat, user, timestamp]),
        sent("user_stop_typing", "A user has stopped typing, to who has joined", [chat, user, timestamp]),
        sent("join_chat_success", "The socket has joined", joined),
        sent("leave_chat_success", "The socket has left", [chat]),
        sent("send_message_success", "The text was sent, to the socket", saved),
        sent("send_media_success", "The file was sent, to the socket", saved),
        sent("read_success", "The messages are read, to the socket", read),
        sent("edit_success", "The message was edited, to the socket", [message]),
        sent("delete_success", "The message was deleted, to the socket", [message]),
        sent("reaction_success", "The reaction was added, to the socket", [message, emoji]),
        sent("reaction_removed_success", "The reaction was removed, to the socket", [message, emoji]),
        sent("error", "An event of the socket failed, or its token has expired", [.required("message", .string)]),
    ]
}
