/// The progress of one request and its response: a state machine that receives events and returns the actions to take.
///
/// Legal transitions of the body: `awaitingContinue → receiving`, `receiving → complete`, and `failed` from each of these
/// but `complete`; the latter two are final. Of the response: `pending → sending → complete`.
struct ExchangeState: Equatable {
    /// The request's body.
    enum Body: Equatable {
        /// The client waits for 100 before it sends it.
        case awaitingContinue
        case receiving
        case complete
        /// Its framing is broken, or it was too slow: its end cannot be found.
        case failed
    }
    /// The response.
    enum Response: Equatable {
        case pending
        case sending
        case complete
    }
    /// What happens to the connection afterwards.
    enum Next: Equatable {
        case nextRequest
        /// Read the rest of the body first, so that the client receives the response.
        case drain
        case close
    }

    private(set) var body: Body
    private(set) var response = Response.pending
    private(set) var keepAlive: Bool

    init(hasBody: Bool, expectsContinue: Bool, keepAlive: Bool) {
        body = !hasBody ? .complete : expectsContinue ? .awaitingContinue : .receiving
        self.keepAlive = keepAlive
    }

    /// The responder asks for the body. Returns whether 100 is to be sent now.
    mutating func bodyRequested() -> Bool {
        guard body == .awaitingContinue, response == .pending else { return false }
        body = .receiving
        return true
    }

    mutating func bodyCompleted() { body = .complete }

    mutating func bodyFailed() {
        body = .failed
        keepAlive = false
    }

    /// The connection is to end after this exchange.
    mutating func closeAfterwards() {
        if response == .pending { keepAlive = false }
    }

    /// The response begins. Returns whether the connection stays open, which the response announces in `Connection`.
    mutating func responseBegins() -> Bool {
        response = .sending
        if body != .complete { keepAlive = false }
        return keepAlive
    }

    /// The last byte of the response has been passed to the socket.
    mutating func responseCompleted() -> Next {
        response = .complete
        switch body {
        case .complete: return keepAlive ? .nextRequest : .close
        case .receiving: return .drain
        case .awaitingContinue, .failed: return .close
        }
    }
}
