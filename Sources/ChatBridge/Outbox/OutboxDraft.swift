public import JSON
public import Tracing

/// An event to deliver, to be written in the transaction that makes it true.
public struct OutboxDraft: Sendable, Hashable {
    /// Who receives the event.
    public enum Audience: String, Sendable, Hashable {
        /// The user that the recipient names.
        case user
        /// The members of the conversation that the recipient names, as they are when it is delivered.
        case members
        /// The devices of the users whom the payload lists, by way of the chat server. The recipient names the message.
        case devices
        /// As ``devices``, by way of the webhooks of kind ``WebhookKind/pushRequested``. It is no entry of the outbox.
        case webhooks
    }

    /// The ID of a user, a conversation, or a message.
    public var recipient: String
    /// Which of these it is, and so who receives the event.
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
    /// The field `traceparent` of the trace in which it was made; `nil` where that is not recorded.
    public var trace: String?

    /// An event for `recipient`.
    public init(
        recipient: String, audience: Audience = .user, event: String, message: String? = nil,
        payload: JSONValue = .object([:]), exceptSocket: String? = nil, joined: String? = nil,
        trace: String? = Span.active?.context.traceparent
    ) {
        self.recipient = recipient
        self.audience = audience
        self.event = event
        self.message = message
        self.payload = payload
        self.exceptSocket = exceptSocket
        self.joined = joined
        self.trace = trace
    }
}

extension OutboxDraft {
    /// The dialect under which it is stored: events for devices are delivered beside the dialect's others, so that a chat server
    /// that does not answer delays no connection.
    package func queue(of dialect: Dialect) -> Dialect { audience == .devices ? dialect.pushQueue : dialect }
}

extension Dialect {
    private static let pushSuffix = ":push"

    /// Under what the dialect's events for devices wait, as if that were another dialect.
    package var pushQueue: Dialect {
        rawValue.hasSuffix(Self.pushSuffix) ? self : Dialect(rawValue: rawValue + Self.pushSuffix)
    }
}
