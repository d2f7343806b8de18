public import Foundation
public import JSON
public import MediaModel

/// The type of a message, as the dialect names it.
public struct MessageType: RawRepresentable, Sendable, Hashable, Codable {
    /// The dialect's name of it.
    public let rawValue: String
    /// A type by its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Text without attachment.
    public static let text = MessageType(rawValue: "text")
    /// A picture, video or file.
    public static let media = MessageType(rawValue: "media")
    /// A voice recording.
    public static let voice = MessageType(rawValue: "voice")
    /// A location.
    public static let location = MessageType(rawValue: "location")
}

/// A geographic location.
public struct ChatLocation: Sendable, Hashable, Codable {
    /// Degrees, -90...90.
    public var latitude: Double
    /// Degrees, -180...180.
    public var longitude: Double
    /// The postal address.
    public var address: String?
    /// The name of the place.
    public var placeName: String?

    /// A location; whether the degrees are in range is checked when it is sent.
    public init(latitude: Double, longitude: Double, address: String? = nil, placeName: String? = nil) {
        self.latitude = latitude
        self.longitude = longitude
        self.address = address
        self.placeName = placeName
    }
}

/// The origin of a forwarded message.
public struct ForwardOrigin: Sendable, Hashable, Codable {
    /// The sender of the original.
    public var sender: String
    /// The ID of the original.
    public var messageID: String
    /// The text of the original.
    public var text: String

    /// The origin of a forwarded message.
    public init(sender: String, messageID: String, text: String) {
        self.sender = sender
        self.messageID = messageID
        self.text = text
    }
}

/// A user's reaction to a message.
public struct Reaction: Sendable, Hashable {
    /// The user.
    public var user: String
    /// The emoji as it was sent: a sequence of Unicode scalars that is shown as one character.
    public var emoji: String
    /// The dialect's name for it, where it has one (`like`).
    public var name: String?
    /// When it was added.
    public var createdAt: Date

    /// A reaction.
    public init(user: String, emoji: String, name: String? = nil, createdAt: Date) {
        self.user = user
        self.emoji = emoji
        self.name = name
        self.createdAt = createdAt
    }
}

/// A record that a user has read (or listened to) a message.
public struct ReadReceipt: Sendable, Hashable {
    /// The user.
    public var user: String
    /// When they read it.
    public var readAt: Date
    /// When they listened to it, for a voice message.
    public var listenedAt: Date?

    package init(user: String, readAt: Date, listenedAt: Date? = nil) {
        self.user = user
        self.readAt = readAt
        self.listenedAt = listenedAt
    }
}

/// A record that a message was delivered to a user.
public struct DeliveryReceipt: Sendable, Hashable {
    /// The user.
    public var user: String
    /// When it was delivered.
    public var deliveredAt: Date

    package init(user: String, deliveredAt: Date) {
        self.user = user
        self.deliveredAt = deliveredAt
    }
}

/// A message as it is stored.
public struct ChatMessage: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// The dialect that it belongs to.
    public var dialect: Dialect
    /// The ID of its conversation; empty until it is saved when it is sent to a receiver.
    public var conversation: String
    /// The user who sent it.
    public var sender: String
    /// The user to whom a direct message was sent.
    public var receiver: String?
    /// Its type.
    public var type: MessageType
    /// Text or caption; may be empty.
    public var text: String
    /// Its files, in the sender's order.
    public var attachments: [MediaRecord]
    /// The location that was sent.
    public var location: ChatLocation?
    /// The ID of the message that it replies to.
    public var replyTo: String?
    /// Where it was forwarded from.
    public var forwardedFrom: ForwardOrigin?
    /// What else the dialect stores with it.
    public var details: JSONValue
    /// The reactions to it, in the order in which they were added.
    public var reactions: [Reaction]
    /// When it was sent.
    public var createdAt: Date
    /// When it last changed.
    public var updatedAt: Date
    /// When its text was last edited.
    public var editedAt: Date?
    /// When it was deleted for everyone, which removes text, media and location.
    public var deletedAt: Date?
    /// Who has read it.
    public var receipts: [ReadReceipt]
    /// To whom it was delivered, in the order of delivery, in dialects that record that.
    public var deliveries: [DeliveryReceipt]

    /// A new message.
    public init(
        id: String, dialect: Dialect, conversation: String = "", sender: String, receiver: String? = nil,
        type: MessageType,
        text: String = "", media: MediaRecord? = nil, location: ChatLocation? = nil, replyTo: String? = nil,
        forwardedFrom: ForwardOrigin? = nil, details: JSONValue = .object([:]), createdAt: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.conversation = conversation
        self.sender = sender
        self.receiver = receiver
        self.type = type
        self.text = text
        attachments = media.map { [$0] } ?? []
        self.location = location
        self.replyTo = replyTo
        self.forwardedFrom = forwardedFrom
        self.details = details
        self.createdAt = createdAt
        updatedAt = createdAt
        reactions = []
        receipts = []
        deliveries = []
    }

    /// The first attachment, for dialects whose messages have at most one.
    public var media: MediaRecord? {
        get { attachments.first }
        set { attachments = newValue.map { [$0] } ?? [] }
    }

    /// The keys of all objects of its attachments.
    public var objects: [String] { attachments.flatMap(\.objects) }
}
