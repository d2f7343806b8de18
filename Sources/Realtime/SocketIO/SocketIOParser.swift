import JSON

/// Assembles packets from messages: a binary packet is a text followed by its attachments.
struct SocketIOParser: Sendable {
    /// The message violates the protocol, so that the session must end.
    struct Malformed: Error, Hashable {}

    private let maximumAttachments: Int
    /// The limits for the JSON of a text; `maximumBytes` also limits the attachments of a packet together.
    var limits: JSONLimits
    /// A packet whose attachments have not all arrived.
    private var partial: SocketIOPacket?
    private var missing = 0
    private var attachmentBytes = 0

    init(configuration: EngineIOConfiguration) {
        maximumAttachments = configuration.maximumAttachments
        limits = JSONLimits(maximumBytes: configuration.maximumPayload)
    }

    /// Parses the next message; returns the packet that it completes, if any.
    mutating func received(_ message: EngineIOMessage) throws(Malformed) -> SocketIOPacket? {
        switch message {
        case .text(let text):
            guard partial == nil else { throw Malformed() }
            let (packet, attachments) = try parse(text)
            guard attachments > 0 else { return packet }
            (partial, missing, attachmentBytes) = (packet, attachments, 0)
            return nil
        case .binary(let bytes):
            attachmentBytes += bytes.count
            // All attachments together may be as large as one payload.
            guard var packet = partial, attachmentBytes <= limits.maximumBytes else { throw Malformed() }
            packet.attachments.append(bytes)
            missing -= 1
            partial = missing == 0 ? nil : packet
            return missing == 0 ? packet : nil
        }
    }

    private func parse(_ text: String) throws(Malformed) -> (SocketIOPacket, attachments: Int) {
        var rest = text.utf8[...]
        guard let digit = rest.popFirst(), let kind = SocketIOPacket.Kind(rawValue: Int(digit) - 0x30) else {
            throw Malformed()
        }
        var packet = SocketIOPacket(kind: kind)
        var attachments = 0
        if kind.isBinary {
            guard let count = Self.number(&rest), rest.popFirst() == UInt8(ascii: "-"), count <= maximumAttachments
            else {
                throw Malformed()
            }
            attachments = count
        }
        if rest.first == UInt8(ascii: "/") {
            let name = rest.prefix { $0 != UInt8(ascii: ",") }
            guard name.count <= 256 else { throw Malformed() }
            rest = rest[name.endIndex...].dropFirst()
            // What follows a question mark is a query, which is not part of the name.
            packet.namespace = String(Substring(name.prefix { $0 != UInt8(ascii: "?") }))
        }
        packet.id = Self.number(&rest)
        if !rest.isEmpty {
            do {
                packet.data = try JSONValue(parsing: rest, limits: limits)
            } catch {
                throw Malformed()
            }
        }
        guard Self.isValid(packet) else { throw Malformed() }
        return (packet, attachments)
    }

    /// The digits at the start of `rest` as a number: at most 15 of them, which JavaScript represents exactly.
    private static func number(_ rest: inout Substring.UTF8View) -> Int? {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.count <= 15 else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func isValid(_ packet: SocketIOPacket) -> Bool {
        switch (packet.kind, packet.data) {
        case (.connect, nil), (.connect, .object), (.disconnect, nil): packet.id == nil
        case (.event, .array(let elements)), (.binaryEvent, .array(let elements)):
            elements.first?.stringValue.map { !SocketIOPacket.reservedEvents.contains($0) } ?? false
        case (.acknowledgement, .array), (.binaryAcknowledgement, .array): packet.id != nil
        // Only servers send CONNECT_ERROR.
        default: false
        }
    }
}
