import ChatBridge
package import ChatDocuments
import Foundation
import JSON

extension IntokDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredConversation) throws -> BSONDocument {
        let conversation = stored.conversation
        var document: BSONDocument = [
            "_id": .identifier(conversation.id), "type": conversation.isDirect ? "direct" : "group",
            "participants": .array(conversation.members.sorted().map { ["id": .identifier($0)] }),
            "createdAt": .date(conversation.createdAt), "updatedAt": .date(conversation.updatedAt),
        ]
        document.setOrNull("name", conversation.name.map(BSONValue.string))
        document.setOrNull(
            "lastMessage",
            stored.lastMessage.map { message in
                [
                    "id": .identifier(message.id), "conversationId": .identifier(conversation.id),
                    "senderId": .identifier(message.sender), "type": .string(message.type.rawValue),
                    "originalContent": .string(message.text), "createdAt": .date(message.date),
                ]
            })
        var own = stored.ownFields(membersOf: StoredMember.fields)
        if conversation.settings != .object([:]) { own["settings"] = .json(conversation.settings) }
        document["darkroom"] = .document(own)
        return document
    }

    /// See ``DocumentModel``.
    package func conversation(_ document: BSONDocument) throws -> StoredConversation {
        guard let id = document["_id"]?.identifierValue else { throw DocumentError(field: "_id") }
        let own = document["darkroom"]?.documentValue
        let createdAt = document["createdAt"]?.timestamp ?? ObjectID(id)?.date ?? Date(milliseconds: 0)
        let members = (document["participants"]?.documents ?? []).compactMap { $0["id"]?.identifierValue }
        var conversation = Conversation(
            id: id, dialect: dialect, members: Set(members), name: document["name"]?.stringValue,
            settings: own?["settings"]?.jsonValue ?? .object([:]), createdAt: createdAt)
        // Also where one of the two has left.
        conversation.isDirect =
            document.text("type") == "direct" && (conversation.members.count == 2 || own?["pair"] != nil)
        let last = document["lastMessage"]?.documentValue
        let lastDate = last?["createdAt"]?.timestamp
        conversation.updatedAt = document["updatedAt"]?.timestamp ?? lastDate ?? createdAt
        var stored = StoredConversation(conversation)
        if let last {
            stored.lastMessage = LastMessage(
                id: last["id"]?.identifierValue ?? "", text: last["originalContent"]?.stringValue ?? "",
                type: last.text("type") ?? "text", sender: last["senderId"]?.identifierValue ?? "",
                date: lastDate ?? createdAt)
        }
        stored.readOwnFields(own)
        stored.followOthers(lastMessageAt: lastDate)
        return stored
    }
}
