public import Foundation
public import MediaModel

/// A stored file that messages or media of a user show. One that several of theirs show is one file, and one that is shared with other
/// users is a file of each.
public struct UserFile: Sendable, Hashable {
    /// The key of the original.
    public var key: String
    /// The user whose messages or media show it.
    public var owner: String
    /// What it is.
    public var kind: MediaKind
    /// The dialect in which it was stored for them first; `nil` for the native API.
    public var dialect: Dialect?
    /// The size of the original, in bytes.
    public var bytes: Int
    /// When it was stored for them first.
    public var createdAt: Date
    /// How many of their messages and media show it.
    public var uses: Int

    package init(
        key: String, owner: String, kind: MediaKind, dialect: Dialect?, bytes: Int, createdAt: Date, uses: Int
    ) {
        self.key = key
        self.owner = owner
        self.kind = kind
        self.dialect = dialect
        self.bytes = bytes
        self.createdAt = createdAt
        self.uses = uses
    }
}

/// How much a user has stored.
public struct MediaUsage: Sendable, Hashable {
    /// The number of files.
    public var items: Int
    /// The size of their originals, in bytes.
    public var bytes: Int

    /// A usage.
    public init(items: Int = 0, bytes: Int = 0) {
        self.items = items
        self.bytes = bytes
    }
}

/// What of a user shows a file.
public enum FileUse: Sendable, Hashable {
    /// A message that they have sent.
    case message(ChatMessage)
    /// A medium of theirs.
    case media(String)
}

/// Which user a reference to an object is counted for, and as of when.
package struct FileOrigin: Sendable {
    package var user: String
    package var dialect: Dialect?
    package var date: Date

    /// The origin of a message's files.
    package init(_ message: ChatMessage) {
        self.init(user: message.sender, dialect: message.dialect, date: message.createdAt)
    }

    /// The origin of a medium's file.
    package init(_ media: MediaItem) {
        self.init(user: media.owner, dialect: media.dialect, date: media.createdAt)
    }

    package init(user: String, dialect: Dialect?, date: Date) {
        self.user = user
        self.dialect = dialect
        self.date = date
    }
}
