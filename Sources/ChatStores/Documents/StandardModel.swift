public import ChatBridge
import Foundation
import JSON
import MediaModel

/// The documents of a dialect that has no model of its own.
public struct StandardModel: DocumentModel {
    /// The dialect.
    public let dialect: Dialect
    /// The names that mongoose gives.
    public let collections = CollectionNames()
    /// Where the fields of messages are that queries read.
    public let messageFields = MessageFields(
        conversation: "conversation", sender: "sender", type: "type", text: "text", createdAt: "createdAt",
        hiddenFrom: "hiddenFrom", isPresent: ["deletedAt": .null], deleted: ["deletedAt": ["$exists": true]],
        reactionCount: ["$size": ["$ifNull": ["$reactions", []]]], mentionedUser: "details.mentions.user",
        bookmarkingUser: "details.bookmarks.user", pollEnd: "details.pollEnd")
    /// The path of the members' IDs.
    public let memberField = "members"

    /// The model of a dialect.
    public init(_ dialect: Dialect) { self.dialect = dialect }

    /// The path in `settings`.
    public func settingField(_ name: String) -> String { "settings." + name }

    /// A condition on `receipts`.
    public func isUnread(by user: String) -> BSONDocument {
        ["receipts.user": ["$nin": .array(BSONValue.forms(of: [user]))]]
    }

    /// Nothing else knows these documents.
    public func unplacedMessages(of conversation: Conversation) -> BSONDocument? { nil }

    /// There are none that another program wrote.
    public func directConversation(of a: String, and b: String) -> BSONDocument? { nil }

    /// The user `{_id, name, images}`; `nil` without an identifier.
    public func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.identifierValue else { return nil }
        return ChatUser(
            id: id, name: document["name"]?.stringValue,
            images: document["images"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}
