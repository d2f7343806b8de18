import JSON

/// The server's state of one hub client (HubProtocol.md). A state machine without I/O: each event returns the actions
/// to perform.
struct HubSession {
    /// What the caller has to do, in this order.
    enum Action: Hashable {
        /// Send this frame.
        case send(SocketFrame)
        /// The handshake is complete: start sending events to the client, in this format.
        case open(HubFormat)
        /// Perform the client's call, and send its result.
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
    /// Whether the client can be sent binary frames.
    private let sendsBinary: Bool
    private var lastReceived: ContinuousClock.Instant
    private var lastPing: ContinuousClock.Instant

    /// A client whose socket has just opened.
    init(configuration: HubConfiguration, sendsBinary: Bool = true, at instant: ContinuousClock.Instant) {
        self.configuration = configuration
        self.sendsBinary = sendsBinary
        records = HubRecordBuffer(maximumBytes: configuration.maximumMessageBytes)
        lastReceived = instant
        lastPing = instant
    }

    /// Whether the handshake is complete and the connection has not ended.
    var isOpen: Bool { phase == .open }

    /// A frame has arrived.
    mutating func received(_ frame: SocketFrame, at instant: ContinuousClock.Instant) -> [Action] {
        guard phase != .closed else { return [] }
        // Until the handshake is complete, received bytes do not extend its deadline.
        if phase == .open { lastReceived = instant }
        var actions: [Action] = []
        records.append(frame.bytes)
        do throws(HubRecordBuffer.Failure) {
            while phase != .closed, let record = try records.next() { actions += received(record: record, at: instant) }
        } catch {
            switch error {
            case .tooLong:
                actions += fail("The maximum message size of \(configuration.maximumMessageBytes)B was exceeded.")
            case .invalidLength: actions += fail("The length of a message is not valid.")
            }
        }
        return actions
    }

    /// The client has asked for what there is to receive.
    mutating func polled(at instant: ContinuousClock.Instant) {
        if phase == .open { lastReceived = instant }
    }

    /// Time has passed.
    mutating func tick(at instant: ContinuousClock.Instant) -> [Action] {
        switch phase {
        case .handshake where instant - lastReceived >= configuration.handshakeTimeout:
            return rejectHandshake("Handshake was canceled.")
        case .open where instant - lastReceived >= configuration.clientTimeout:
            return end(
                error: Self.closed + " Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
                allowReconnect: true)
        case .open where instant - lastPing >= configuration.keepAliveInterval:
            lastPing = instant
            return [.send(HubRecord.ping(format))]
        case .handshake, .open, .closed: return []
        }
    }

    /// The server ends the connection.
    /// - Parameter error: the reason, unless the connection ends normally.
    mutating func end(error: String? = nil, allowReconnect: Bool = false) -> [Action] {
        defer { phase = .closed }
        switch phase {
        case .handshake: return [.close]
        case .open: return [.send(HubRecord.close(error: error, allowReconnect: allowReconnect, format)), .close]
        case .closed: return []
        }
    }

    private static let closed = "Connection closed with an error."

    private mutating func received(record: ArraySlice<UInt8>, at instant: ContinuousClock.Instant) -> [Action] {
        switch phase {
        case .handshake: return receivedHandshake(record, at: instant)
        case .closed: return []
        case .open: break
        }
        do {
            switch try HubMessage(record: record, format, limits: limits) {
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

    private var format: HubFormat { records.format }

    private var limits: JSONLimits { JSONLimits(maximumBytes: configuration.maximumMessageBytes) }

    private mutating func receivedHandshake(_ record: ArraySlice<UInt8>, at instant: ContinuousClock.Instant)
        -> [Action]
    {
        // The client is notified of every failure by the same text.
        guard let request = try? JSONValue(parsing: Array(record), limits: limits),
            let name = request["protocol"]?.stringValue, let version = request["version"]?.integerValue
        else {
            return rejectHandshake("The handshake is an object with the properties 'protocol' and 'version'.")
        }
        guard let format = HubFormat(rawValue: name) else {
            return rejectHandshake("The protocol '\(name)' is not supported.")
        }
        guard format == .json || sendsBinary else {
            return rejectHandshake(
                "Cannot use the '\(name)' protocol on the current transport. The transport does not support 'Binary' transfer format."
            )
        }
        // ASP.NET Core accepts every version up to its own. Some clients send the version of the negotiation, 0.
        // Version 2 adds features that clients use only after negotiating them.
        guard (0...1).contains(version) else {
            return rejectHandshake("The server does not support version \(version) of the '\(name)' protocol.")
        }
        phase = .open
        records.format = format
        (lastReceived, lastPing) = (instant, instant)
        return [.send(HubRecord.handshake(format)), .open(format)]
    }

    private mutating func rejectHandshake(_ error: String) -> [Action] {
        phase = .closed
        return [.send(HubRecord.handshake(error: error)), .close]
    }

    private mutating func fail(_ reason: String) -> [Action] {
        if phase == .handshake { return rejectHandshake(reason) }
        return end(error: "\(Self.closed) \(reason)")
    }
}
