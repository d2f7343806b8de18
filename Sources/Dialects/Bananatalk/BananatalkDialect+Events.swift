import JSON
package import OpenAPI

extension BananatalkDialect {
    /// The dialect's Socket.IO and its events.
    package static let socket = ChannelDescription(
        "socket", at: "/socket.io/",
        """
        Socket.IO 5 over Engine.IO 4, by polling and WebSocket. The data are an event's only argument. The token is `auth.token`, the \
        query's `token` or the field `authorization`; the query's `deviceId` names the device. Every device of a user receives an event.
        """, fromClients + ofMessages + ofPolls + ofPresence)

    private static let message = Schema.Property.required("messageId", .string)
    private static let shown = Schema.Property.required("message", BananatalkMessage.schema)
    /// A message in the event of a change, which those of groups do not have.
    private static let shownIfDirect = Schema.Property.optional("message", BananatalkMessage.schema, "Not in groups.")
    private static let poll = Schema.Property.required("pollId", .string)
    private static let results = Schema.Property.required("results", BananatalkPoll.resultsSchema)
    private static let user = Schema.Property.required("userId", .string)

    private static let status = Schema.object([
        user, .required("status", .oneOf(BananatalkStatus.all.sorted())),
        .required("lastSeen", Schema.date.nullable), .required("deviceCount", .integer),
    ]).named("Status")

    /// An event that is acknowledged with `{status: "success", …}` or `{status: "error", error}`.
    private static func received(
        _ name: String, _ summary: String, _ members: [Schema.Property], reply: [Schema.Property] = []
    ) -> EventDescription {
        .received(
            name, summary, members.isEmpty ? .any : .object(members),
            reply: .any(of: [
                .object([.required("status", .constant("success"))] + reply),
                .object([.required("status", .constant("error")), .required("error", .string)]),
            ]))
    }

    private static func sent(_ name: String, _ summary: String, _ members: [Schema.Property]) -> EventDescription {
        .sent(name, summary, .object(members))
    }

    private static let location = Schema.object([
        .required("latitude", .number(-90...90)), .required("longitude", .number(-180...180)),
        .optional("address", Schema.string.nullable), .optional("placeName", Schema.string.nullable),
    ])

    private static let fromClients: [EventDescription] = [
        received(
            "sendMessage", "Sends a text or a location",
            [
                .required("receiver", .string), .optional("message", Schema.string.nullable),
                .optional("replyTo", Schema.string.nullable), .optional("location", location.nullable),
            ], reply: [shown]),
        received(
            "markAsRead", "Marks the messages of a user as read; the sender receives `messagesRead`",
            [.required("senderId", .string)], reply: [.required("markedCount", .integer)]),
        received(
            "deleteMessage", "Deletes a message; by default one's own for everyone, another's for oneself",
            [message, .optional("forAll", .boolean)], reply: [message, .required("forAll", .boolean)]),
        received(
            "voiceMessageListened", "The sender is notified the first time", [message],
            reply: [message, .required("listenedBy", .string)]),
        received("typing", "The receiver gets `userTyping`", [.required("receiver", .string)]),
        received("stopTyping", "The receiver gets `userStoppedTyping`", [.required("receiver", .string)]),
        received(
            "updateStatus", "Sets the user's status", [.required("status", .oneOf(BananatalkStatus.all.sorted()))],
            reply: [.required("data", status)]),
        received(
            "getUserStatus", "Answers with a user's status, whose changes the socket receives from then on", [user],
            reply: [.required("data", status)]),
        received(
            "requestStatusUpdates", "The same of several users; also answered by `bulkStatusUpdate`",
            [.required("userIds", .array(of: .string))], reply: [.required("data", .dictionary(of: status))]),
        received("logout", "The socket is disconnected", []),
    ]

    private static let ofMessages: [EventDescription] = [
        sent(
            "newMessage", "A message, to its receiver",
            [shown, .required("unreadCount", .integer), .required("senderId", .string)]),
        sent(
            "newVoiceMessage", "A voice message, to its receiver, beside `newMessage`",
            [shown, .required("duration", Schema.number.nullable, "In seconds.")]),
        sent(
            "messageSent", "A message, to all devices of its sender",
            [shown, .required("unreadCount", .integer), .required("receiverId", .string)]),
        sent(
            "voiceMessageListened", "A voice message was listened to, to its sender",
            [message, .required("listenedBy", .string)]),
        sent(
            "messageDeleted", "A message was deleted, to all who see it, or for oneself to one's own devices",
            [message, .required("senderId", .string)]),
        sent("messageEdited", "A message was edited, to all who see it", [message, shownIfDirect]),
        sent(
            "messagePinned", "A message was pinned or unpinned, to all who see it",
            [message, shownIfDirect, .required("pinned", .boolean), user]),
        sent(
            "messageReaction", "A reaction was added or removed, to all who see the message",
            [
                message, shownIfDirect, user, .required("emoji", .string),
                .required("action", .oneOf(["added", "removed"])),
            ]),
        sent(
            "newCorrection", "A correction was suggested, to all who see the message",
            [message, .required("correction", BananatalkMessage.correctionSchema), .required("correctorId", .string)]),
        sent(
            "correctionAccepted", "The sender has accepted a correction, to all who see the message",
            [message, .required("correctionId", .string), .required("acceptedBy", .string)]),
        sent(
            "messagesRead", "Messages were read, to their sender",
            [.required("readBy", .string), .required("count", .integer)]),
        sent(
            "newDisappearingMessage", "A disappearing message, to its receiver, beside `newMessage`",
            [
                shown, .required("destructTimer", .integer, "In seconds."),
                .required("expiresAt", Schema.date.nullable),
            ]),
        sent(
            "disappearingMessageRead", "The receiver has started the timer of a message, to its sender",
            [message, .required("readAt", Schema.date.nullable), .required("readBy", .string)]),
        sent(
            "messageDestructTriggered", "The timer of a message has started, to all who see it",
            [message, .required("destructAt", Schema.date.nullable)]),
        sent("messageAutoDeleted", "A message was deleted because its time was over, to all who saw it", [message]),
    ]

    private static let ofPolls: [EventDescription] = [
        sent(
            "newPoll", "A poll, to the members, beside `newMessage` and `messageSent`",
            [shown, .required("poll", BananatalkPoll.schema), .required("conversationId", .string)]),
        sent(
            "pollVoteUpdate", "A vote, to the members",
            [poll, results, .required("voterId", Schema.string.nullable, "`null` for others in an anonymous poll.")]),
        sent(
            "pollOptionAdded", "An option was added, to the members",
            [poll, results, .required("option", .string), user]),
        sent("pollClosed", "A poll was closed or its time has ended, to the members", [poll, results]),
    ]

    private static let ofPresence: [EventDescription] = [
        sent(
            "userTyping", "A user types, to the receiver whom they named",
            [user, .required("isTyping", .constant(true))]
        ),
        sent(
            "userStoppedTyping", "A user has stopped typing, to the receiver whom they named",
            [user, .required("isTyping", .constant(false))]),
        .sent("userStatusUpdate", "A user's status has changed, to contacts, subscribers and own devices", status),
        .sent("onlineUsers", "The contacts who are online, to a socket that has connected", .array(of: status)),
        .sent("bulkStatusUpdate", "Statuses by user, to the socket that asked", .dictionary(of: status)),
        .sent("ping", "Every 25 s, without data; clients answer with `pong`, which is not required", .constant(.null)),
        sent("messageError", "An event of the socket failed", [.required("error", .string)]),
        sent(
            "authError", "The socket's token is rejected or has expired; it is disconnected",
            [.required("message", .string)]),
        sent(
            "forceDisconnect", "The oldest sockets of a user beyond the limits; they are disconnected",
            [.required("reason", .constant("max_connections")), .required("message", .string)]),
    ]
}
