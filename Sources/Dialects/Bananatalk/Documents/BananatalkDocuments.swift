package import ChatBridge
package import ChatDocuments
import Foundation

/// The dialect's messages and conversations as the documents of its reference's data models.
package struct BananatalkDocuments: DocumentModel {
    package let dialect: Dialect
    package let collections = CollectionNames()
    package let messageFields = MessageFields(
        conversation: "darkroom.conversation", sender: "sender", type: "messageType", text: "message",
        createdAt: "createdAt", hiddenFrom: "darkroom.hiddenFrom", isPresent: ["isDeleted": ["$ne": true]],
        deleted: ["isDeleted": true],
        reactionCount: ["$size": ["$ifNull": ["$reactions", []]]], mentionedUser: "mentions.user")
    package let memberField = "participants"
    package let lastMessageDateField: String? = "lastMessageAt"
    /// A message names its two users, and no conversation.
    package let messageIndexes = [["sender", "receiver", "darkroom.order"]]
    /// Lists of conversations are in the order of last messages.
    package let conversationIndexes = [["participants", "darkroom.lastSaid"]]
    let media: MediaURLs

    package init(media: MediaURLs = MediaURLs(), dialect: Dialect = .bananatalk) {
        (self.media, self.dialect) = (media, dialect)
    }

    package let hasPolls = true

    package func isArchived(by user: String) -> BSONDocument { ["archivedBy": .matching(user)] }

    package func isUnread(by user: String) -> BSONDocument {
        let forms = BSONValue.array(BSONValue.forms(of: [user]))
        // The chat server marks a message as read by its receiver.
        return [
            "darkroom.receipts.user": ["$nin": forms], "$nor": [["read": true, "receiver": ["$in": forms]]],
        ]
    }

    package func unplacedMessages(of conversation: Conversation) -> BSONDocument? {
        guard conversation.isDirect, conversation.members.count == 2 else { return nil }
        let pair = BSONValue.matching(anyOf: conversation.members.sorted())
        return ["sender": pair, "receiver": pair, "darkroom.order": .null]
    }

    /// Those from the user to any member of the conversations, and those from any of them to the user.
    package func unplacedMessages(of user: String, in conversations: [Conversation]) -> [BSONDocument] {
        let members = conversations.filter { unplacedMessages(of: $0) != nil }
            .reduce(into: Set<String>()) { $0.formUnion($1.members) }
        guard !members.isEmpty else { return [] }
        let (all, own) = (BSONValue.matching(anyOf: members.sorted()), BSONValue.matching(anyOf: [user]))
        return [
            ["sender": own, "receiver": all, "darkroom.order": .null],
            ["sender": all, "receiver": own, "darkroom.order": .null],
        ]
    }

    package func directConversation(of a: String, and b: String) -> BSONDocument? {
        ["participants": ["$size": 2, "$all": [.all(a), .all(b)]], "isGroup": ["$ne": true]]
    }

    package func user(_ document: BSONDocument) -> ChatUser? {
        guard let id = document["_id"]?.identifierValue else { return nil }
        return ChatUser(
            id: id, name: document.text("name"),
            images: document["images"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            userType: UserType(rawValue: document.text("userType") ?? UserType.regular.rawValue))
    }
}
