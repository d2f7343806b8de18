public import Foundation
public import MediaModel

/// A media file that belongs to a user, whether messages refer to it or not.
public struct MediaItem: Sendable, Hashable {
    /// The unique identifier.
    public var id: String
    /// The dialect in which the file was uploaded; `nil` for the native API.
    public var dialect: Dialect?
    /// The conversation for which the file was uploaded.
    public var conversation: String?
    /// The identifier of the user who owns the file.
    public var owner: String
    /// The stored file.
    public var record: MediaRecord
    /// When the file was stored.
    public var createdAt: Date
    /// Whether the file was uploaded for a message: it is deleted when none has shown it for a while. Other files, such as
    /// profile pictures, may stay without a message.
    public var needsMessage: Bool

    /// Creates an item that belongs to `owner`.
    /// - Parameter needsMessage: whether the file is deleted where no message shows it.
    public init(
        id: String, dialect: Dialect? = nil, conversation: String? = nil, owner: String, record: MediaRecord,
        createdAt: Date, needsMessage: Bool = false
    ) {
        self.id = id
        self.dialect = dialect
        self.conversation = conversation
        self.owner = owner
        self.record = record
        self.createdAt = createdAt
        self.needsMessage = needsMessage
    }

    /// Whether an attachment of a message is this file: not one of another upload that shares its object.
    package func isShown(by attachment: MediaRecord) -> Bool {
        attachment.key == record.key && (attachment.id ?? id) == id
    }
}
