package import ChatBridge
package import ChatDocuments
import Foundation

/// The dialect's messages and rooms as the documents of its reference's database schema.
package struct RoomsDocuments: DocumentModel {
    package let dialect: Dialect
    package let collections = CollectionNames(conversations: "chatrooms")
    package let messageFields = MessageFields(
        conversation: "chatRoom", sender: "sender", type: "type", text: "content", createdAt: "timestamp",
        hiddenFrom: "darkroom.hiddenFrom",
        // A message that its sender has deleted for themselves is there for the others.
        isPresent: ["$nor": [["isDeleted": true, "deletedFor": ["$ne": "sender"]]]], deleted: ["isDeleted": true],
        reactionCount: ["$size": ["$ifNull": ["$reactions", []]]])
    package let memberField = "participants.userId"
    package let lastMessageDateField: String? = "lastMessageTime"
    package let countsUnread = false
    let media: MediaURLs

    package init(media: MediaURLs = MediaURLs(), dialect: Dialect = .rooms) {
        (self.media, self.dialect) = (media, dialect)
    }

    /// A participant who has left stays in the document, and is not active.
    package func isMember(_ user: String) -> BSONDocument {
        ["participants": ["$elemMatch": ["userId": .matching(user), "isActive": ["$ne": false]]]]
    }

    package func isUnread(by user: String) -> BSONDocument {
        ["darkroom.receipts.user": ["$nin": .array(BSONValue.forms(of: [user]))]]
    }

    package func unplacedMessages(of conversation: Conversation) -> BSONDocument? {
        ["chatRoom": .matching(conversation.id), "darkroom.order": .null]
    }

    /// No room is the direct one of a pair.
    package func directConversation(of a: String, and b: String) -> BSONDocument? { nil }

    package func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.identifierValue else { return nil }
        return ChatUser(
            id: id, name: document.text("name") ?? document.text("username"),
            images: [document.text("avatar")].compactMap(\.self))
    }
}
