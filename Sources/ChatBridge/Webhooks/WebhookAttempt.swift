/// What became of the due events of one subject, which are sent one after the other. An object, because a task group of results in
/// tuples traps when it is compiled for release.
final class WebhookAttempt: Sendable {
    /// The sequences of those that were accepted, or that there was nothing to send of.
    let delivered: [Int]
    /// Whether the endpoint was asked, and has accepted one.
    let wasAccepted: Bool
    /// The first that failed; those after it were not sent.
    let failed: WebhookDelivery?
    /// Why.
    let failure: WebhookFailure?
    /// Whether the endpoint was asked for the one that failed.
    let wasSent: Bool

    init(
        delivered: [Int], wasAccepted: Bool, failed: WebhookDelivery? = nil, failure: WebhookFailure? = nil,
        wasSent: Bool = true
    ) {
        self.delivered = delivered
        self.wasAccepted = wasAccepted
        self.failed = failed
        self.failure = failure
        self.wasSent = wasSent
    }
}
