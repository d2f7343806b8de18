import JSON

/// One client of a hub from its handshake to its end (HubProtocol.md): told what came and how late it is, it says what to
/// do. No I/O of its own.
struct HubSession {
    /// What to do.
    enum Action: Hashable {
        /// Send this text.
        case send(String)
        /// The handshake is done: the client may be told of events from now on.
        case open
        /// Perform the client's call; its answer goes through ``HubSession/completion(of:_:)``.
        case invoke(HubInvocation)
        /// Close the socket once everything is sent.
        case close
    }

    private enum Phase {
        case handshake
        case open
        case closed
    }

    private let configuration: HubConfiguration
    private var records: HubRecordBuffer
    private var phase = Phase.handshake
    private var lastHeard: ContinuousClock.Instant
    private var lastPing: ContinuousClock.Instant

    /// A client whose socket has just opened.
    init(configuration: HubConfiguration, at instant: ContinuousClock.Instant) {
        self.configuration = configuration
        records = HubRecordBuffer(maximumBytes: configuration.maximumMessageBytes)
        lastHeard = instant
        lastPing = instant
    }

    /// Whether the handshake is done, and the end has not come.
    var isOpen: Bool { phase == .open }

    /// A frame has come.
    mutating func received(_ text: String, at instant: ContinuousClock.Instant) -> [Action] {
        guard phase != .closed else { return [] }
        // As long as the handshake lasts, bytes do not prolong it.
        if phase == .open { lastHeard = instant }
        do {
            var actions: [Action] = []
            for record in try records.append(text) { actions += received(record: record, at: instant) }
            return actions
        } catch {
            let limit = configuration.maximumMessageBytes
            return fail("The maximum message size of \(limit)B was exceeded.")
        }
    }

    /// Time has passed.
    mutating func tick(at instant: ContinuousClock.Instant) -> [Action] {
        switch phase {
        case .handshake where instant - lastHeard >= configuration.handshakeTimeout:
            return refuse("Handshake was canceled.")
        case .open where instant - lastHeard >= configuration.clientTimeout:
            return end(
                error: Self.closed + " Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
                allowReconnect: true)
        case .open where instant - lastPing >= configuration.keepAliveInterval:
            lastPing = instant
            return [.send(HubRecord.ping)]
        case .handshake, .open, .closed: return []
        }
    }

    /// The server ends the connection.
    /// - Parameter error: why, when it is not the normal end.
    mutating func end(error: String? = nil, allowReconnect: Bool = false) -> [Action] {
        defer { phase = .closed }
        switch phase {
        case .handshake: return [.close]
        case .open: return [.send(HubRecord.close(error: error, allowReconnect: allowReconnect)), .close]
        case .closed: return []
        }
    }

    private static let closed = "Connection closed with an error."

    private mutating func received(record: [UInt8], at instant: ContinuousClock.Instant) -> [Action] {
        switch phase {
        case .handshake: return shakeHands(record, at: instant)
        case .closed: return []
        case .open: break
        }
        do {
            switch try HubMessage(record: record, limits: limits) {
            case .invocation(let invocation): return [.invoke(invocation)]
            case .ping, .other: return []
            case .close:
                phase = .closed
                return [.close]
            }
        } catch {
            return fail(error.message)
        }
    }

    private var limits: JSONLimits { JSONLimits(maximumBytes: configuration.maximumMessageBytes) }

    private mutating func shakeHands(_ record: [UInt8], at instant: ContinuousClock.Instant) -> [Action] {
        guard let request = try? JSONValue(parsing: record, limits: limits),
            let name = request["protocol"]?.stringValue, let version = request["version"]?.integerValue
        else {
            return refuse("The handshake is an object with the properties 'protocol' and 'version'.")
        }
        guard name == "json" else { return refuse("The protocol '\(name)' is not supported.") }
        // ASP.NET Core takes every version up to its own; one client names that of the negotiation, 0. What came with 2
        // is of use to none that has not negotiated it.
        guard (0...1).contains(version) else {
            return refuse("The server does not support version \(version) of the 'json' protocol.")
        }
        phase = .open
        (lastHeard, lastPing) = (instant, instant)
        return [.send(HubRecord.handshake), .open]
    }

    private mutating func refuse(_ error: String) -> [Action] {
        phase = .closed
        return [.send(HubRecord.handshake(error: error)), .close]
    }

    private mutating func fail(_ problem: String) -> [Action] {
        if phase == .handshake { return refuse(problem) }
        return end(error: "\(Self.closed) \(problem)")
    }
}
