package import ChatBridge
package import ChatDocuments
import Foundation
import JSON

/// The dialect's messages and conversations as documents of the form that its reference gives them. What the reference shows of
/// users beside their IDs is not stored.
package struct SignalRDocuments: DocumentModel {
    package let dialect: Dialect
    package let collections = CollectionNames()
    package let messageFields = MessageFields(
        conversation: "conversationId", sender: "senderId", type: "messageType", text: "content",
        createdAt: "createdAt", hiddenFrom: "darkroom.hiddenFrom",
        isPresent: ["isDeleted": ["$ne": true]], deleted: ["isDeleted": true],
        reactionCount: ["$size": ["$ifNull": ["$reactions", []]]], replyTo: "replyTo.messageId",
        mentionedUser: "mentions.userId")
    package let memberField = "participants.userId"
    package let lastMessageDateField: String? = "lastMessage.sentAt"
    package let countsUnread = false
    let media: MediaURLs

    package init(media: MediaURLs = MediaURLs(), dialect: Dialect = .signalr) {
        (self.media, self.dialect) = (media, dialect)
    }

    package func isUnread(by user: String) -> BSONDocument {
        ["readBy.userId": ["$nin": .array(BSONValue.forms(of: [user]))]]
    }

    package func unplacedMessages(of conversation: Conversation) -> BSONDocument? {
        ["conversationId": .matching(conversation.id), "darkroom.order": .null]
    }

    package func directConversation(of a: String, and b: String) -> BSONDocument? {
        ["participants.userId": ["$all": [.all(a), .all(b)]], "participants": ["$size": 2], "type": "OneOnOne"]
    }

    package func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.identifierValue else { return nil }
        var details: JSONObject = [:]
        for name in ["username", "displayName"] { details[name] = document.text(name).map(JSONValue.string) }
        return ChatUser(
            id: id, name: document.text("displayName") ?? document.text("username"),
            images: [document.text("avatarUrl")].compactMap(\.self), details: .object(details))
    }
}
