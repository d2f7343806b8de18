import JSON
package import OpenAPI

extension IntokDialect {
    /// The dialect's WebSocket and its frames.
    package static let socket = ChannelDescription(
        "socket", at: "/",
        """
        A WebSocket with the token in the query's `token`. Text frames: `{"action": NAME, "data": {…}}` from clients; to clients \
        `{"action": NAME, …}`, with the members beside `action`. The payloads here are whole frames. There are no acknowledgements: \
        success is the event that the members receive, failure an `error` frame.
        """, fromClients + toClients)

    private static let conversation = Schema.Property.required("conversationId", .string)
    private static let message = Schema.Property.required("messageId", .string)
    private static let timestamp = Schema.Property.required("messageTimestamp", .date)

    private static func received(_ name: String, _ summary: String, _ data: [Schema.Property]) -> EventDescription {
        .received(
            name, summary, .object([.required("action", .constant(.string(name))), .required("data", .object(data))]))
    }

    private static func sent(_ name: String, _ summary: String, _ members: [Schema.Property]) -> EventDescription {
        .sent(name, summary, .object([.required("action", .constant(.string(name)))] + members))
    }

    private static let fromClients: [EventDescription] = [
        received(
            "message:send", "Sends a message; all members receive `message:receive`, the sender's devices too",
            [
                conversation, .optional("content", Schema.string.nullable), .optional("type", Schema.string.nullable),
                .optional(
                    "attachment", Schema.object([.optional("id", .string), .optional("key", .string)]).nullable,
                    "A file that was uploaded."),
                .optional("replyTo", Schema.object([message]).nullable),
            ]),
        received(
            IntokEvent.typing, "The other members receive it", [conversation, .required("isTyping", .boolean)]),
        received(
            IntokEvent.reaction, "Adds the reaction, or removes it if it is there",
            [conversation, message, .optional("messageTimestamp", Schema.string.nullable), .required("emoji", .string)]),
        received(
            IntokEvent.read, "Marks the message; its sender is notified the first time",
            [conversation, message, .optional("messageTimestamp", Schema.string.nullable)]),
        received(IntokEvent.deleted, "Deletes one's own message for everyone", [conversation, message]),
    ]

    private static let toClients: [EventDescription] = [
        sent(
            IntokEvent.receive, "A message, to each member in their language, the sender's devices too",
            [.required("message", IntokMessage.schema)]),
        sent(
            IntokEvent.typing, "A user types or has stopped, to the other members",
            [conversation, .required("userId", .string), .required("isTyping", .boolean)]),
        sent(
            IntokEvent.reaction, "A reaction was added or removed, to all members",
            [
                conversation, message, timestamp, .required("userId", .string), .required("emoji", .string),
                .required("reactions", IntokMessage.reactionsSchema),
            ]),
        sent(
            IntokEvent.read, "A message was read, to its sender",
            [conversation, message, timestamp, .required("readBy", .string), .required("readAt", .date)]),
        sent(
            IntokEvent.deleted, "A message was deleted for everyone, to all members",
            [conversation, message, .required("deletedBy", .string), .required("deletedAt", .date)]),
        sent(
            "error", "A frame of the socket failed, or its token has expired",
            [
                .required("message", .string), .required("code", .string),
                .required("details", .object([.optional("action", .string)])),
            ]),
    ]
}
