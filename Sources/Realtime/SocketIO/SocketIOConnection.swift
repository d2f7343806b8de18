import JSON

/// The namespaces of one client, on the server's side. Told what happens, and when; says what to do.
struct SocketIOConnection: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What the caller has to do, in order.
    enum Action: Sendable, Hashable {
        /// Judge the client's wish to connect, and say ``accepted(_:id:)`` or ``refused(_:message:data:)``.
        case judge(namespace: String, auth: JSONValue)
        /// Send a packet.
        case send(SocketIOPacket)
        /// Hand an event to the application, and acknowledge it if it has an id.
        case event(namespace: String, SocketIOEvent, id: Int?)
        /// The client has left a namespace.
        case disconnected(namespace: String)
        /// End the session.
        case close(EngineIOCloseReason)
    }

    private enum Namespace: Hashable { case judged, connected }

    private let known: Set<String>
    private let deadline: Instant
    private var parser: SocketIOParser
    private var namespaces: [String: Namespace] = [:]
    private var hasConnected = false

    /// The namespace that every server has, alone.
    private static let main: Set<String> = ["/"]

    /// A client that may connect to `namespaces`; without them to the main one alone.
    init(namespaces: Set<String>? = nil, configuration: EngineIOConfiguration, at now: Instant) {
        known = namespaces ?? Self.main
        parser = SocketIOParser(configuration: configuration)
        deadline = now + configuration.connectTimeout
    }

    /// What the JSON of a message may measure from now on.
    mutating func limitMessages(to limits: JSONLimits) { parser.limits = limits }

    /// A message came.
    mutating func received(_ message: EngineIOMessage) -> [Action] {
        do throws(SocketIOParser.Malformed) {
            guard let packet = try parser.received(message) else { return [] }
            return received(packet)
        } catch {
            return [.close(.parseError)]
        }
    }

    /// The client may connect, as `id`.
    mutating func accepted(_ namespace: String, id: String) -> [Action] {
        guard namespaces[namespace] == .judged else { return [] }
        namespaces[namespace] = .connected
        hasConnected = true
        return [.send(SocketIOPacket(kind: .connect, namespace: namespace, data: ["sid": .string(id)]))]
    }

    /// The client may not connect. It may try again.
    mutating func refused(_ namespace: String, message: String, data: JSONValue? = nil) -> [Action] {
        guard namespaces[namespace] == .judged else { return [] }
        namespaces[namespace] = nil
        return [.send(Self.connectError(namespace, message: message, data: data))]
    }

    /// The client may not connect, but hears of it as if it were: it is told `events`, and is out again.
    mutating func turnedAway(_ namespace: String, id: String, events: [(event: String, JSONValue)]) -> [Action] {
        guard namespaces[namespace] == .judged else { return [] }
        namespaces[namespace] = nil
        let told = events.map { SocketIOPacket.event($0.event, [$0.1], namespace: namespace) }
        let packets =
            [SocketIOPacket(kind: .connect, namespace: namespace, data: ["sid": .string(id)])] + told
            + [SocketIOPacket(kind: .disconnect, namespace: namespace)]
        return packets.map(Action.send)
    }

    /// The application puts the client out of a namespace.
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
            // Once is enough.
            guard namespaces[namespace] == nil else { return [] }
            namespaces[namespace] = .judged
            return [.judge(namespace: namespace, auth: packet.data ?? .null)]
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
            // Nothing here asks for one.
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
