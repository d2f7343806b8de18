public import JSON

/// An event to deliver, to be written in the transaction that makes it true.
public struct OutboxDraft: Sendable, Hashable {
    /// Who receives the event.
    public enum Audience: String, Sendable, Hashable {
        /// The user that the recipient names.
        case user
        /// The members of the conversation that the recipient names, as they are when it is delivered.
        case members
    }

    /// The id of a user, or of a conversation.
    public var recipient: String
    /// Which of the two.
    public var audience: Audience
    /// The dialect's event.
    public var event: String
    /// The message that the event is about; it is read again when the event is delivered, and URLs are signed then.
    public var message: String?
    /// The rest of the event.
    public var payload: JSONValue
    /// The socket that does not receive the event because it caused it.
    public var exceptSocket: String?
    /// The conversation that a connection must have joined to receive the event; `nil` where it need not have joined any. A
    /// connected user who has not joined it is absent for this event, and present for every other one.
    public var joined: String?

    /// An event for `recipient`.
    public init(
        recipient: String, audience: Audience = .user, event: String, message: String? = nil,
        payload: JSONValue = .object([:]), exceptSocket: String? = nil, joined: String? = nil
    ) {
        self.recipient = recipient
        self.audience = audience
        self.event = event
        self.message = message
        self.payload = payload
        self.exceptSocket = exceptSocket
        self.joined = joined
    }
}
