/// The progress of one request and its answer: a state machine that receives events and returns the actions to take.
///
/// Legal transitions of the body: `awaitingContinue → receiving`, `receiving → complete`, and `failed` from each of these
/// but `complete`; the latter two are final. Of the answer: `pending → sending → complete`.
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
    /// The answer.
    enum Answer: Equatable {
        case pending
        case sending
        case complete
    }
    /// What becomes of the connection.
    enum Next: Equatable {
        case nextRequest
        /// Read the rest of the body first, so that the client sees the answer.
        case drain
        case close
    }

    private(set) var body: Body
    private(set) var answer = Answer.pending
    private(set) var keepAlive: Bool

    init(hasBody: Bool, expectsContinue: Bool, keepAlive: Bool) {
        body = !hasBody ? .complete : expectsContinue ? .awaitingContinue : .receiving
        self.keepAlive = keepAlive
    }

    /// The responder asks for the body. Returns whether 100 is to be sent now.
    mutating func bodyAsked() -> Bool {
        guard body == .awaitingContinue, answer == .pending else { return false }
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
        if answer == .pending { keepAlive = false }
    }

    /// The answer begins. Returns whether the connection stays open: what the answer says in `Connection`.
    mutating func answerBegins() -> Bool {
        answer = .sending
        if body != .complete { keepAlive = false }
        return keepAlive
    }

    /// The answer's end cannot be told from its framing: the end of the connection is its end.
    mutating func answerEndsWithConnection() { keepAlive = false }

    /// The last byte of the answer is on its way.
    mutating func answerCompleted() -> Next {
        answer = .complete
        switch body {
        case .complete: return keepAlive ? .nextRequest : .close
        case .receiving: return .drain
        case .awaitingContinue, .failed: return .close
        }
    }
}
