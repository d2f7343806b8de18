public import Foundation

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

/// That somebody has seen (or heard) a message.
public struct ReadReceipt: Sendable, Hashable {
    /// Who.
    public var user: String
    /// When it was seen.
    public var readAt: Date
    /// When it was heard, for a voice message.
    public var listenedAt: Date?
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
    /// A medium.
    public var media: MediaRecord?
    /// A place.
    public var location: ChatLocation?
    /// The message it answers.
    public var replyTo: String?
    /// Where it was forwarded from.
    public var forwardedFrom: ForwardOrigin?
    /// When it was sent.
    public var createdAt: Date
    /// When it last changed.
    public var updatedAt: Date
    /// When it was deleted for all: text, media and place are gone then.
    public var deletedAt: Date?
    /// Who has seen it.
    public var receipts: [ReadReceipt]

    /// A message that nobody has seen yet.
    public init(
        id: String, dialect: Dialect, conversation: String = "", sender: String, receiver: String? = nil,
        type: MessageType,
        text: String = "", media: MediaRecord? = nil, location: ChatLocation? = nil, replyTo: String? = nil,
        forwardedFrom: ForwardOrigin? = nil, createdAt: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.conversation = conversation
        self.sender = sender
        self.receiver = receiver
        self.type = type
        self.text = text
        self.media = media
        self.location = location
        self.replyTo = replyTo
        self.forwardedFrom = forwardedFrom
        self.createdAt = createdAt
        updatedAt = createdAt
        receipts = []
    }
}
