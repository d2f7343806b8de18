import JSON
package import OpenAPI

extension RoomsDialect {
    /// The dialect's Socket.IO and its events.
    package static let socket = ChannelDescription(
        "socket", at: "/socket.io/",
        """
        Socket.IO 5 over Engine.IO 4, by polling and WebSocket. The data are an event's only argument. A client sends `authenticate` \
        first; of a room it receives events once it has sent `join_chat`.
        """, fromClients + toClients)

    private static let room = Schema.Property.required("chatRoomId", .string)
    private static let message = Schema.Property.required("messageId", .string)
    private static let user = Schema.Property.required("userId", .string)
    private static let text = Schema.Property.required("message", .string)

    /// `{success: true, …}` or `{success: false, message}`.
    private static func reply(_ members: [Schema.Property] = []) -> Schema {
        .any(of: [
            .object([.required("success", .constant(true))] + members),
            .object([.required("success", .constant(false)), text]),
        ])
    }

    private static let fromClients: [EventDescription] = [
        .received(
            "authenticate", "Says who the client is; again with a new token, it extends the connection",
            .object([.required("token", .string), user]), reply: reply([user])),
        .received("join_chat", "Receives the events of a room", .object([room]), reply: reply([room, user])),
        .received(
            "leave_chat", "Receives nothing more of a room; the user remains a member", .object([room]),
            reply: reply([room])),
        .received(
            "send_message", "Confirms one's own message that was sent over HTTP", .object([room, message]),
            reply: reply()),
        .received("typing_start", "The room receives `user_typing`", .object([room]), reply: reply()),
        .received("typing_stop", "The room receives `user_stop_typing`", .object([room]), reply: reply()),
        .received(
            "add_reaction", "Adds a reaction, as the route",
            .object([
                room, message, .optional("emoji", Schema.string.nullable),
                .optional("reactionType", Schema.string.nullable),
            ]), reply: reply()),
        .received(
            "edit_message", "Edits one's own message, as the route",
            .object([room, message, .required("newContent", .content)]), reply: reply()),
        .received(
            "delete_message", "Deletes one's own message, as the route",
            .object([room, message, .optional("deleteFor", Schema.string.nullable, "`everyone` or `sender`.")]),
            reply: reply()),
        .received("mark_as_read", "Marks all messages of a room as read", .object([room]), reply: reply()),
        .received(
            "update_status", "Contacts are notified; an invisible user is offline for others",
            .object([.required("status", .oneOf(RoomsStatus.all.sorted()))]),
            reply: reply([user, .required("status", .string)])),
        .received(
            "get_online_users", "The socket receives `online_users`", .any, reply: reply([.required("users", statuses)])
        ),
    ]

    private static let statuses = Schema.array(of: .object([user, .required("status", .string)]))

    private static func sent(
        _ name: String, _ summary: String, _ members: [Schema.Property]
    ) -> EventDescription { .sent(name, summary, .object(members)) }

    private static let toClients: [EventDescription] = [
        sent("authenticated", "The socket is authenticated", [.required("success", .constant(true)), text, user]),
        sent(
            "auth_error", "The token is rejected or has expired, none came in time, or the user has too many sockets",
            [.required("success", .constant(false)), text]),
        sent(
            "joined_chat", "The socket has joined a room", [.required("success", .constant(true)), text, room, user]),
        sent(
            RoomsEvent.newMessage, "A new message, to the room, the sender's sockets too",
            [room, .required("message", .message)]),
        sent(
            "message_edited", "A message was edited, to the room",
            [
                room, message, .required("newContent", .content),
                .required("message", .message),
            ]),
        sent(
            "message_deleted", "A message was deleted, to the room or to the sender's sockets in it",
            [room, message, .required("deleteFor", .oneOf(["everyone", "sender"])), user]),
        sent(
            RoomsEvent.reactionUpdated, "The reactions to a message have changed, to the room",
            [
                room, message, user, .required("emoji", Schema.string.nullable),
                .required("reactionType", Schema.string.nullable), .required("action", .oneOf(["add", "remove"])),
                .required("reactions", .array(of: .reaction)),
            ]),
        sent("message_read", "A user has read all messages of a room, to the room", [room, user]),
        sent("user_joined_chat", "A user became a member, or their first socket joined, to the room", [room, user]),
        sent("user_left_chat", "A member left, or their last socket did, to the room", [room, user]),
        sent("user_typing", "A user types, to the room except the socket that types", [room, user]),
        sent("user_stop_typing", "A user has stopped typing, to the room except that socket", [room, user]),
        sent("user_online", "A user became visible, to the users who share a room", [user]),
        sent("user_offline", "A user disconnected or became invisible, to the users who share a room", [user]),
        sent(
            "user_status_updated", "A user selected a status, to the users who share a room and their own sockets",
            [user, .required("status", .string)]),
        .sent("online_users", "Who is online of the users who share a room, to the socket that asked", statuses),
        sent("error", "An event of the socket failed", [text, .required("event", .string)]),
    ]
}
