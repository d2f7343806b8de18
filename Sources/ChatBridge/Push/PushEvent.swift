public import Foundation
public import JSON

/// An event for the chat server, which pushes notifications to the devices that it names.
public struct PushEvent: Sendable, Hashable {
    /// The name of the event.
    public static let type = "push.requested"

    /// The same for every attempt to deliver it, and for no other event.
    public var id: String
    /// When what it is about happened.
    public var date: Date
    /// The dialect's description of that.
    public var data: JSONValue

    /// An event.
    public init(id: String, date: Date, data: JSONValue) {
        self.id = id
        self.date = date
        self.data = data
    }

    /// `{type, timestamp, data}`
    public var json: JSONValue {
        ["type": .string(Self.type), "timestamp": .string(Timestamp.milliseconds(date)), "data": data]
    }
}

/// Takes events for devices, such as the chat server over HTTP.
public protocol PushReceiver: Sendable {
    /// Returns when the receiver has taken the event for good, within a bounded time.
    /// - Throws: ``PushFailure`` when it has not: then the event is sent again later.
    func send(_ event: PushEvent) async throws(PushFailure)
}

/// Why an event was not taken.
public struct PushFailure: Error, Sendable, Hashable {
    /// The reason, for operators.
    public var reason: String
    /// Whether the receiver refused this event, and may take others. Otherwise it did not answer, or failed.
    public var isRefusal: Bool

    /// A failure.
    public init(reason: String, isRefusal: Bool) {
        self.reason = reason
        self.isRefusal = isRefusal
    }
}
