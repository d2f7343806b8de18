/// Sends webhooks, such as over HTTP.
public protocol WebhookSender: Sendable {
    /// Returns when the endpoint has accepted the request for good, within a bounded time.
    /// - Parameter id: the ID of the event, the same for each attempt.
    /// - Throws: ``WebhookFailure`` when it has not: then the event is sent again later.
    func send(_ body: [UInt8], id: String, to endpoint: WebhookEndpoint) async throws(WebhookFailure)
}

/// Why a webhook was not accepted.
public struct WebhookFailure: Error, Sendable, Hashable {
    /// What a failure says of the endpoint.
    public enum Kind: Sendable, Hashable {
        /// It does not accept this event, and may accept others.
        case rejected
        /// It did not answer, or would accept no other event either.
        case unavailable
        /// It wants no events any more.
        case gone
    }

    /// The reason, for operators.
    public var reason: String
    /// What it says of the endpoint.
    public var kind: Kind
    /// After what time the endpoint wants to be asked again, where it has said so.
    public var retryAfter: Duration?

    /// A failure.
    public init(reason: String, kind: Kind, retryAfter: Duration? = nil) {
        self.reason = reason
        self.kind = kind
        self.retryAfter = retryAfter
    }
}
