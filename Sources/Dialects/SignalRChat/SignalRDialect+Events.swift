import JSON
package import OpenAPI

extension SignalRDialect {
    /// The dialect's hub and its methods.
    package static let socket = ChannelDescription(
        "hub", at: "/hubs/chat",
        """
        SignalR's hub protocol in JSON or MessagePack, over a WebSocket, server-sent events or long polling; the token is the query's \
        `access_token` or the field `Authorization`. Events are calls of methods; the payloads here are their arguments. The answer to \
        a client's call is its result.
        """, fromClients + toClients)

    private static let conversation = Schema.string.described("The ID of the conversation.")
    private static let user = Schema.string.described("The ID of the user.")
    private static let name = Schema.string.described("The name of the user.")

    private static let fromClients: [EventDescription] = [
        .received(
            "StartTyping", "The other members receive `UserTyping`", .tuple([conversation]), reply: .constant(.null)),
        .received(
            "StopTyping", "The other members receive `UserTyping`, with `false`", .tuple([conversation]),
            reply: .constant(.null)),
    ]

    private static let toClients: [EventDescription] = [
        .sent(
            SignalREvent.received, "A message, to all members, the sender's connections too",
            .tuple([SignalRMessage.schema])),
        .sent(
            "MessageRead", "A message was read, to all members",
            .tuple([
                .object([
                    .required("conversationId", .string), .required("messageId", .string),
                    .required("userId", .string), .required("username", .string), .required("readAt", .date),
                ])
            ])),
        .sent(
            "UserTyping", "A user types or has stopped, to the other members",
            .tuple([conversation, user, name, Schema.boolean.described("Whether they type.")])),
        .sent(
            "UserOnline", "A user's first connection was made, to the users who share a conversation",
            .tuple([user, name])),
        .sent(
            "UserOffline", "A user's last connection has ended, to the users who share a conversation",
            .tuple([user, name, Schema.date.described("When they were last seen.")])),
    ]
}
