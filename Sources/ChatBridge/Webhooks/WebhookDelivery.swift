public import Foundation

/// An event that waits to be sent to an endpoint, or that was given up.
public struct WebhookDelivery: Sendable, Hashable {
    /// The order of writing.
    public var sequence: Int
    /// The endpoint.
    public var endpoint: String
    /// The event.
    public var event: WebhookEvent
    /// When the event happened.
    public var createdAt: Date
    /// Since when it waits: later than ``createdAt`` after it was given up and sent again.
    public var queuedAt: Date
    /// How many attempts have failed.
    public var attempts: Int
    /// Why the last one failed, for operators.
    public var reason: String?
    /// When it was given up; `nil` while it waits.
    public var failedAt: Date?

    package init(
        sequence: Int, endpoint: String, event: WebhookEvent, createdAt: Date, queuedAt: Date, attempts: Int = 0,
        reason: String? = nil, failedAt: Date? = nil
    ) {
        self.sequence = sequence
        self.endpoint = endpoint
        self.event = event
        self.createdAt = createdAt
        self.queuedAt = queuedAt
        self.attempts = attempts
        self.reason = reason
        self.failedAt = failedAt
    }
}

/// How many events there are for an endpoint.
public struct WebhookBacklog: Sendable, Hashable {
    /// How many wait.
    public var waiting: Int
    /// Since when the oldest of them waits; `nil` where none does.
    public var oldest: Date?
    /// How many were given up.
    public var deadLetters: Int

    package init(waiting: Int = 0, oldest: Date? = nil, deadLetters: Int = 0) {
        self.waiting = waiting
        self.oldest = oldest
        self.deadLetters = deadLetters
    }
}
