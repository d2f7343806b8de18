import JSON

/// An event of an API: a message that the service sends, or receives from its clients.
public struct EventDescription: Sendable {
    /// Who sends an event.
    public enum Sender: String, Sendable, Hashable {
        /// Clients do, and the service receives it.
        case client
        /// The service does.
        case service
    }

    /// Its name, as it is sent.
    public let name: String
    /// Who sends it.
    public let sender: Sender
    /// A line about it: what it does, or to whom it is sent and when.
    public let summary: String
    /// Its data.
    public let payload: Schema
    /// What it is acknowledged with; `nil` where it is not.
    public let reply: Schema?

    private init(_ name: String, _ sender: Sender, _ summary: String, _ payload: Schema, reply: Schema?) {
        self.name = name
        self.sender = sender
        self.summary = summary
        self.payload = payload
        self.reply = reply
    }

    /// An event from clients.
    public static func received(
        _ name: String, _ summary: String, _ payload: Schema, reply: Schema? = nil
    ) -> EventDescription {
        EventDescription(name, .client, summary, payload, reply: reply)
    }

    /// An event to clients or other servers.
    public static func sent(
        _ name: String, _ summary: String, _ payload: Schema, reply: Schema? = nil
    ) -> EventDescription {
        EventDescription(name, .service, summary, payload, reply: reply)
    }

    var parts: [Schema] { [payload] + (reply.map { [$0] } ?? []) }

    /// The key of its message in a document, which has letters, digits, hyphens and underscores alone. An event of the same name may be
    /// sent in both directions.
    var key: String { sender.rawValue + "-" + String(name.map { ":.".contains($0) ? "-" : $0 }) }

    /// The key of the message that acknowledges it.
    var replyKey: String { key + "-reply" }
}
