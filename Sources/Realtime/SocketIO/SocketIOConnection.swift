import JSON

/// The server's state of one client's namespaces. A state machine without I/O: each event returns the actions to
/// perform.
struct SocketIOConnection: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What the caller has to do, in this order.
    enum Action: Sendable, Hashable {
        /// Decide whether the client may connect, then call ``accepted(_:id:)`` or ``rejected(_:message:data:)``.
        case decide(namespace: String, auth: JSONValue)
        /// Send a packet.
        case send(SocketIOPacket)
        /// Pass an event to the application, and acknowledge it if it has an ID.
        case event(namespace: String, SocketIOEvent, id: Int?)
        /// The client has left a namespace.
        case disconnected(namespace: String)
        /// End the session.
        case close(EngineIOCloseReason)
    }

    private enum Namespace: Hashable { case pending, connected }

    private let known: Set<String>
    private let deadline: Instant
    private var parser: SocketIOParser
    private var namespaces: [String: Namespace] = [:]
    private var hasConnected = false

    /// The default namespace, which every server has.
    private static let main: Set<String> = ["/"]

    /// A client that may connect to `namespaces`; with `nil`, to the default one alone.
    init(namespaces: Set<String>? = nil, configuration: EngineIOConfiguration, at now: Instant) {
        known = namespaces ?? Self.main
        parser = SocketIOParser(configuration: configuration)
        deadline = now + configuration.connectTimeout
    }

    /// Sets the limits for the JSON of later messages.
    mutating func limitMessages(to limits: JSONLimits) { parser.limits = limits }

    /// A message has arrived.
    mutating func received(_ message: EngineIOMessage) -> [Action] {
        do throws(SocketIOParser.Malformed) {
            guard let packet = try parser.received(message) else { return [] }
            return received(packet)
        } catch {
            // The client is notified by the close reason.
            return [.close(.parseError)]
        }
    }

    /// The application accepts the client, whose socket has this ID.
    mutating func accepted(_ namespace: String, id: String) -> [Action] {
        guard namespaces[namespace] == .pending else { return [] }
        namespaces[namespace] = .connected
        hasConnected = true
        return [.send(SocketIOPacket(kind: .connect, namespace: namespace, data: ["sid": .string(id)]))]
    }

    /// The application rejects the client, which may try again.
    mutating func rejected(_ namespace: String, message: String, data: JSONValue? = nil) -> [Action] {
        guard namespaces[namespace] == .pending else { return [] }
        namespaces[namespace] = nil
        return [.send(Self.connectError(namespace, message: message, data: data))]
    }

    /// The application rejects the client, which expects the rejection as `events`: it is connected, sent these and
    /// disconnected.
    mutating func connectedAndDisconnected(_ namespace: String, id: String, events: [(event: String, JSONValue)])
        -> [Action]
    {
        guard namespaces[namespace] == .pending else { return [] }
        namespaces[namespace] = nil
        let eventPackets = events.map { SocketIOPacket.event($0.event, [$0.1], namespace: namespace) }
        let packets =
            [SocketIOPacket(kind: .connect, namespace: namespace, data: ["sid": .string(id)])] + eventPackets
            + [SocketIOPacket(kind: .disconnect, namespace: namespace)]
        return packets.map(Action.send)
    }

    /// The application disconnects the client from a namespace.
    mutating func disconnect(_ namespace: String) -> [Action] {
        guard namespaces.removeValue(forKey: namespace) == .connected else { return [] }
        return [
            .send(SocketIOPacket(kind: .disconnect, namespace: namespace)), .disconnected(namespace: namespace),
        ]
    }

    /// Whether the client is connected to a namespace.
    func isConnected(to namespace: String) -> Bool { namespaces[namespace] == .connected }

    /// Time has passed.
    func tick(at now: Instant) -> [Action] { !hasConnected && now >= deadline ? [.close(.forced)] : [] }

    private mutating func received(_ packet: SocketIOPacket) -> [Action] {
        let namespace = packet.namespace
        switch packet.kind {
        case .connect:
            guard known.contains(namespace) else {
                return [.send(Self.connectError(namespace, message: "Invalid namespace", data: nil))]
            }
            // A second CONNECT for the same namespace is ignored.
            guard namespaces[namespace] == nil else { return [] }
            namespaces[namespace] = .pending
            return [.decide(namespace: namespace, auth: packet.data ?? .null)]
        case .event, .binaryEvent:
            guard isConnected(to: namespace), let elements = packet.data?.arrayValue,
                let name = elements.first?.stringValue
            else { return [.close(.parseError)] }
            let event = SocketIOEvent(
                name: name, arguments: Array(elements.dropFirst()), attachments: packet.attachments)
            return [.event(namespace: namespace, event, id: packet.id)]
        case .disconnect:
            guard namespaces.removeValue(forKey: namespace) == .connected else { return [] }
            return [.disconnected(namespace: namespace)]
        case .acknowledgement, .binaryAcknowledgement:
            // The server never requests an acknowledgement.
            return isConnected(to: namespace) ? [] : [.close(.parseError)]
        case .connectError: return [.close(.parseError)]
        }
    }

    private static func connectError(_ namespace: String, message: String, data: JSONValue?) -> SocketIOPacket {
        var error: JSONObject = ["message": .string(message)]
        error["data"] = data
        return SocketIOPacket(kind: .connectError, namespace: namespace, data: .object(error))
    }
}
