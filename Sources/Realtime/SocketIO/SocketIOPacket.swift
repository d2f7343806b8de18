import JSON

/// A packet of Socket.IO v5 (revision 5 of its protocol).
struct SocketIOPacket: Sendable, Hashable {
    enum Kind: Int, Sendable {
        case connect, disconnect, event, acknowledgement, connectError, binaryEvent, binaryAcknowledgement

        var isBinary: Bool { self == .binaryEvent || self == .binaryAcknowledgement }
    }

    var kind: Kind
    var namespace = "/"
    /// The ID of an event whose sender wants an acknowledgement, and of that acknowledgement.
    var id: Int?
    var data: JSONValue?
    /// The binary data that placeholders in `data` stand for.
    var attachments: [[UInt8]] = []

    /// An event for a client. Its name is none of ``reservedEvents``: a client treats such a packet as a protocol
    /// violation, closes the connection and reconnects, over and over.
    static func event(_ name: String, _ arguments: [JSONValue], namespace: String = "/") -> SocketIOPacket {
        precondition(!reservedEvents.contains(name), "'\(name)' is not a name for an event of an application")
        return SocketIOPacket(kind: .event, namespace: namespace, data: .array([.string(name)] + arguments))
    }

    /// The messages that make up the packet: its text, then one per attachment.
    var messages: [EngineIOMessage] {
        var text = "\(kind.rawValue)"
        if kind.isBinary { text += "\(attachments.count)-" }
        if namespace != "/" { text += namespace + "," }
        if let id { text += "\(id)" }
        if let data { text += data.encodedText() }
        return [.text(text)] + attachments.map(EngineIOMessage.binary)
    }

    /// Event names with a meaning of their own in Socket.IO's implementations.
    static let reservedEvents: Set<String> = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]
}
