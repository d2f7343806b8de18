import ChatBridge
import Foundation
import JSON

extension StandardModel {
    /// See ``DocumentModel``.
    public func document(of stored: StoredConversation) throws -> BSONDocument {
        let conversation = stored.conversation
        var document: BSONDocument = [
            "_id": .identifier(conversation.id),
            "members": .array(conversation.members.sorted().map(BSONValue.identifier)),
            "isDirect": .bool(conversation.isDirect), "settings": .json(conversation.settings),
            "createdAt": .date(conversation.createdAt), "updatedAt": .date(conversation.updatedAt),
        ]
        document["name"] = conversation.name.map(BSONValue.string)
        document["darkroom"] = .document(stored.ownFields(membersOf: StoredMember.fields))
        return document
    }

    /// See ``DocumentModel``.
    public func conversation(_ document: BSONDocument) throws -> StoredConversation {
        guard let id = document["_id"]?.identifierValue, let createdAt = document["createdAt"]?.timestamp else {
            throw DocumentError(field: "_id or createdAt")
        }
        var conversation = Conversation(
            id: id, dialect: dialect,
            members: Set(document["members"]?.arrayValue?.compactMap(\.identifierValue) ?? []),
            name: document["name"]?.stringValue, settings: document["settings"]?.jsonValue ?? .object([:]),
            createdAt: createdAt)
        // Also where one of the two has left.
        conversation.isDirect = document["isDirect"]?.boolValue ?? false
        conversation.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        var stored = StoredConversation(conversation)
        stored.readOwnFields(document["darkroom"]?.documentValue)
        return stored
    }
}
