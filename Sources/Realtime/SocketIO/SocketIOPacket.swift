import JSON

/// A packet of Socket.IO v5 (revision 5 of its protocol).
struct SocketIOPacket: Sendable, Hashable {
    enum Kind: Int, Sendable {
        case connect, disconnect, event, acknowledgement, connectError, binaryEvent, binaryAcknowledgement

        var isBinary: Bool { self == .binaryEvent || self == .binaryAcknowledgement }
    }

    var kind: Kind
    var namespace = "/"
    /// Of an event that wants to be acknowledged, and of its acknowledgement.
    var id: Int?
    var data: JSONValue?
    /// Bytes that `data` shows as placeholders.
    var attachments: [[UInt8]] = []

    /// An event for a client. Its name is none of ``reservedEvents``: a client takes such a packet for a breach of the protocol,
    /// drops the connection and reconnects, for ever.
    static func event(_ name: String, _ arguments: [JSONValue], namespace: String = "/") -> SocketIOPacket {
        precondition(!reservedEvents.contains(name), "'\(name)' is not a name for an event of an application")
        return SocketIOPacket(kind: .event, namespace: namespace, data: .array([.string(name)] + arguments))
    }

    /// The messages that carry it: a text, then an attachment each.
    var messages: [EngineIOMessage] {
        var text = "\(kind.rawValue)"
        if kind.isBinary { text += "\(attachments.count)-" }
        if namespace != "/" { text += namespace + "," }
        if let id { text += "\(id)" }
        if let data { text += data.encodedText() }
        return [.text(text)] + attachments.map(EngineIOMessage.binary)
    }

    /// Names of events that mean something to the protocol's own implementations.
    static let reservedEvents: Set<String> = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]
}
