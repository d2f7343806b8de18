import JSON

/// Where events are sent: a socket, or requests to other servers.
public struct ChannelDescription: Sendable {
    /// Its key in a document.
    public let name: String
    /// The path on the service; `nil` where receivers choose the URL.
    public let address: String?
    /// Its protocol, and how events are written in it, as Markdown.
    public let text: String
    /// Its events, those of clients first.
    public let events: [EventDescription]
    /// The header fields of each of its messages; `nil` where these have none.
    public let headers: Schema?

    /// A channel; see the properties.
    public init(
        _ name: String, at address: String?, _ text: String, headers: Schema? = nil, _ events: [EventDescription]
    ) {
        self.name = name
        self.address = address
        self.text = text
        self.headers = headers
        self.events = events
    }

    /// The names of the events of a sender.
    public func names(from sender: EventDescription.Sender) -> [String] {
        events.filter { $0.sender == sender }.map(\.name)
    }

    var parts: [Schema] { (headers.map { [$0] } ?? []) + events.flatMap(\.parts) }

    /// The channel as a document has it (AsyncAPI 3.0, Channel Object).
    /// - Parameter server: the key of the server that has it; `nil` where there is none.
    func json(server: String?) -> JSONValue {
        var messages: JSONObject = [:]
        for key in events.flatMap({ [$0.key] + ($0.reply == nil ? [] : [$0.replyKey]) }) {
            messages[key] = AsyncAPIDescription.reference("components/messages/\(key)")
        }
        var members: JSONObject = [
            "address": JSONValue(address), "description": .string(text), "messages": .object(messages),
        ]
        if let server { members["servers"] = [AsyncAPIDescription.reference("servers/\(server)")] }
        return .object(members)
    }
}
