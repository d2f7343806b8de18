import Concurrency
import Foundation

/// How long webhooks are tried.
public struct WebhookLimits: Sendable, Hashable {
    /// The age at which an event that was not accepted is given up.
    public var age: Duration
    /// After what time in which every request has failed an endpoint is paused.
    public var pauseAfter: Duration
    /// How long events that were given up are kept.
    public var deadLetterAge: Duration
    /// How many requests to one endpoint are active at once.
    public var concurrency: Int

    /// Limits; by default a day, a day, thirty days and eight requests.
    public init(
        age: Duration = .seconds(86_400), pauseAfter: Duration = .seconds(86_400),
        deadLetterAge: Duration = .seconds(30 * 86_400), concurrency: Int = 8
    ) {
        self.age = age
        self.pauseAfter = pauseAfter
        self.deadLetterAge = deadLetterAge
        self.concurrency = concurrency
    }
}

extension Date {
    /// The date so long before this one.
    func before(_ duration: Duration) -> Date { addingTimeInterval(-Double(duration.wholeMilliseconds) / 1_000) }
}
