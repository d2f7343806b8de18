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
    /// The dialect's description of that, without the recipients.
    public var data: JSONObject
    /// Who is to be notified.
    public var recipients: [Recipient]

    /// A user who is to be notified.
    public struct Recipient: Sendable, Hashable {
        /// Their place among the users of the event, the same for every attempt.
        public var place: Int
        /// The dialect's description of them and their devices.
        public var description: JSONValue

        /// A recipient.
        public init(place: Int, description: JSONValue) {
            self.place = place
            self.description = description
        }
    }

    /// An event.
    public init(id: String, date: Date, data: JSONObject, recipients: [Recipient]) {
        self.id = id
        self.date = date
        self.data = data
        self.recipients = recipients
    }

    /// `{type, timestamp, data}`, where the data have `recipients`.
    public var json: JSONValue {
        var data = data
        data["recipients"] = .array(recipients.map(\.description))
        return [
            "type": .string(Self.type), "timestamp": .string(Timestamp.milliseconds(date)), "data": .object(data),
        ]
    }

    /// An event for each recipient, for a receiver that does not take one as large as this.
    var single: [PushEvent] {
        recipients.map { PushEvent(id: "\(id)_\($0.place)", date: date, data: data, recipients: [$0]) }
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
    /// What a failure says of the receiver.
    public enum Kind: Sendable, Hashable {
        /// It does not take this event, and may take others.
        case rejected
        /// It does not take this event because of its size.
        case tooLarge
        /// It did not answer, or would take no other event either.
        case unavailable
    }

    /// The reason, for operators.
    public var reason: String
    /// What it says of the receiver.
    public var kind: Kind

    /// A failure.
    public init(reason: String, kind: Kind) {
        self.reason = reason
        self.kind = kind
    }
}
