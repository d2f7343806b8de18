package import ChatBridge
package import ChatDocuments
import Foundation
import JSON

/// The dialect's messages and conversations as documents of the form that its reference gives them: `_id` is the object's `id`.
package struct IntokDocuments: DocumentModel {
    package let dialect: Dialect
    package let collections = CollectionNames()
    package let messageFields = MessageFields(
        conversation: "conversationId", sender: "senderId", type: "type", text: "originalContent",
        createdAt: "createdAt", hiddenFrom: "darkroom.hiddenFrom", isPresent: ["deletedForEveryone": ["$ne": true]],
        deleted: ["deletedForEveryone": true],
        reactionCount: [
            "$sum": [
                "$map": [
                    "input": ["$objectToArray": ["$ifNull": ["$reactions", [:]]]], "in": ["$size": "$$this.v"],
                ]
            ]
        ], replyTo: "replyTo.messageId")
    package let memberField = "participants.id"
    package let lastMessageDateField: String? = "lastMessage.createdAt"
    package let countsUnread = false
    let media: MediaURLs

    package init(media: MediaURLs = MediaURLs(), dialect: Dialect = .intok) {
        (self.media, self.dialect) = (media, dialect)
    }

    package func isUnread(by user: String) -> BSONDocument {
        ["readBy": ["$nin": .array(BSONValue.forms(of: [user]))]]
    }

    package func unplacedMessages(of conversation: Conversation) -> BSONDocument? {
        ["conversationId": .matching(conversation.id), "darkroom.order": .null]
    }

    package func directConversation(of a: String, and b: String) -> BSONDocument? {
        ["participants.id": ["$all": [.all(a), .all(b)]], "participants": ["$size": 2], "type": "direct"]
    }

    package func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.identifierValue else { return nil }
        var details: JSONObject = [:]
        for name in ["email", "preferredLanguage", "preferredCountry", "avatarUrl"] {
            details[name] = document.text(name).map(JSONValue.string)
        }
        details["createdAt"] = document["createdAt"]?.timestamp.map { .string(Timestamp.milliseconds($0)) }
        return ChatUser(
            id: id, name: document.text("username"), images: [document.text("profilePicture")].compactMap(\.self),
            details: .object(details))
    }
}
