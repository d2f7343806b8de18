/// What is known of a message when notifications of it are to be pushed.
public struct PushRequest: Sendable {
    /// A user whose devices are to show a notification.
    public struct Recipient: Sendable {
        /// Their place among the users of the event.
        public var place: Int
        /// The ID of the user.
        public var user: String
        /// Their devices, with the token of each as its key; never empty.
        public var devices: [UserRecord]
    }

    /// The message.
    public var message: ChatMessage
    /// Its conversation.
    public var conversation: Conversation
    /// The members who receive notifications, in the order of their IDs; never empty.
    public var recipients: [Recipient]
}
