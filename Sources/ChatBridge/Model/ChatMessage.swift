public import Foundation
public import JSON

/// What a message is, in the dialect's own word.
public struct MessageType: RawRepresentable, Sendable, Hashable, Codable {
    /// The dialect's word.
    public let rawValue: String
    /// A type by its word.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Words alone.
    public static let text = MessageType(rawValue: "text")
    /// A picture, video or file.
    public static let media = MessageType(rawValue: "media")
    /// A voice recording.
    public static let voice = MessageType(rawValue: "voice")
    /// A place.
    public static let location = MessageType(rawValue: "location")
}

/// A place on the earth.
public struct ChatLocation: Sendable, Hashable, Codable {
    /// Degrees, -90...90.
    public var latitude: Double
    /// Degrees, -180...180.
    public var longitude: Double
    /// Of the place.
    public var address: String?
    /// Of the place.
    public var placeName: String?

    /// A place; whether the degrees are in range is checked when it is sent.
    public init(latitude: Double, longitude: Double, address: String? = nil, placeName: String? = nil) {
        self.latitude = latitude
        self.longitude = longitude
        self.address = address
        self.placeName = placeName
    }
}

/// Where a forwarded message came from.
public struct ForwardOrigin: Sendable, Hashable, Codable {
    /// Who wrote the original.
    public var sender: String
    /// The original.
    public var messageID: String
    /// Its text.
    public var text: String

    /// Where a message came from.
    public init(sender: String, messageID: String, text: String) {
        self.sender = sender
        self.messageID = messageID
        self.text = text
    }
}

/// What somebody thinks of a message.
public struct Reaction: Sendable, Hashable {
    /// Who.
    public var user: String
    /// As it was sent: a sequence of characters that show as one.
    public var emoji: String
    /// The dialect's word for it, where it has one (`like`).
    public var name: String?
    /// When.
    public var createdAt: Date

    /// A reaction.
    public init(user: String, emoji: String, name: String? = nil, createdAt: Date) {
        self.user = user
        self.emoji = emoji
        self.name = name
        self.createdAt = createdAt
    }
}

/// That somebody has seen (or heard) a message.
public struct ReadReceipt: Sendable, Hashable {
    /// Who.
    public var user: String
    /// When it was seen.
    public var readAt: Date
    /// When it was heard, for a voice message.
    public var listenedAt: Date?
}

/// That a message has reached somebody.
public struct DeliveryReceipt: Sendable, Hashable {
    /// Whom.
    public var user: String
    /// When.
    public var deliveredAt: Date
}

/// A message as it is kept.
public struct ChatMessage: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// Whose it is.
    public var dialect: Dialect
    /// Where it stands. Empty until saved when it is sent to a pair.
    public var conversation: String
    /// Who wrote it.
    public var sender: String
    /// To whom, for a direct message.
    public var receiver: String?
    /// What it is.
    public var type: MessageType
    /// Words or caption; may be empty.
    public var text: String
    /// What goes with it, in the sender's order.
    public var attachments: [MediaRecord]
    /// A place.
    public var location: ChatLocation?
    /// The message it answers.
    public var replyTo: String?
    /// Where it was forwarded from.
    public var forwardedFrom: ForwardOrigin?
    /// What else the dialect keeps of it.
    public var details: JSONValue
    /// What others think of it, in the order of coming.
    public var reactions: [Reaction]
    /// When it was sent.
    public var createdAt: Date
    /// When it last changed.
    public var updatedAt: Date
    /// When its text was last edited.
    public var editedAt: Date?
    /// When it was deleted for all: text, media and place are gone then.
    public var deletedAt: Date?
    /// Who has seen it.
    public var receipts: [ReadReceipt]
    /// Whom it has reached, in the order of time, in dialects that keep that.
    public var deliveries: [DeliveryReceipt]

    /// A message that nobody has seen yet.
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

    /// The first attachment, in dialects whose messages carry one at most.
    public var media: MediaRecord? {
        get { attachments.first }
        set { attachments = newValue.map { [$0] } ?? [] }
    }

    /// The keys of all objects that it shows.
    public var objects: [String] { attachments.flatMap(\.objects) }
}
