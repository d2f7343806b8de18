public import Foundation
import JSON

/// That a user has bookmarked a message. Others do not learn of it.
public struct MessageBookmark: Sendable, Hashable {
    /// The user.
    public var user: String
    /// When they bookmarked it.
    public var createdAt: Date

    /// A bookmark.
    public init(user: String, createdAt: Date) {
        self.user = user
        self.createdAt = createdAt
    }
}

extension ChatMessage {
    /// Who has bookmarked it.
    public var bookmarks: [MessageBookmark] {
        get {
            (self[detail: "bookmarks"]?.arrayValue ?? []).compactMap { entry in
                guard let user = entry["user"]?.stringValue, let date = entry["createdAt"]?.integerValue else {
                    return nil
                }
                return MessageBookmark(user: user, createdAt: Date(milliseconds: date))
            }
        }
        set {
            let entries = newValue.map { bookmark -> JSONValue in
                ["user": .string(bookmark.user), "createdAt": .integer(bookmark.createdAt.milliseconds)]
            }
            self[detail: "bookmarks"] = entries.isEmpty ? nil : .array(entries)
        }
    }
}
