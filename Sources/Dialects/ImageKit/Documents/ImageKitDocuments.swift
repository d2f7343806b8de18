package import ChatBridge
package import ChatDocuments
import Foundation

/// The dialect's messages and chats as the documents of its reference's database schema.
package struct ImageKitDocuments: DocumentModel {
    package let dialect: Dialect
    package let collections = CollectionNames(conversations: "chats")
    package let messageFields = MessageFields(
        conversation: "chatId", sender: "senderId", type: "messageType", text: "content", createdAt: "createdAt",
        hiddenFrom: "deletedBy", isPresent: ["darkroom.deletedAt": .null],
        deleted: ["darkroom.deletedAt": ["$exists": true]],
        reactionCount: ["$size": ["$ifNull": ["$reactions", []]]])
    package let memberField = "participants"
    package let lastMessageDateField: String? = "lastMessageAt"
    /// The dialect lists chats by their last messages.
    package let conversationIndexes = [["participants", "darkroom.lastSaid"]]
    let media: MediaURLs

    package init(media: MediaURLs = MediaURLs(), dialect: Dialect = .imagekit) {
        (self.media, self.dialect) = (media, dialect)
    }

    package func settingField(_ name: String) -> String {
        ["status", "requestedBy"].contains(name) ? name : "darkroom.settings." + name
    }

    package func isUnread(by user: String) -> BSONDocument {
        ["readBy.userId": ["$nin": .array(BSONValue.forms(of: [user]))]]
    }

    package func unplacedMessages(of conversation: Conversation) -> BSONDocument? {
        ["chatId": .matching(conversation.id), "darkroom.order": .null]
    }

    package func directConversation(of a: String, and b: String) -> BSONDocument? {
        ["participants": ["$size": 2, "$all": [.all(a), .all(b)]], "darkroom.isDirect": ["$ne": false]]
    }

    package func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.identifierValue else { return nil }
        return ChatUser(
            id: id, name: document.text("name") ?? document.text("username"),
            images: [document.text("profilePicture") ?? document.text("avatar")].compactMap(\.self))
    }
}
