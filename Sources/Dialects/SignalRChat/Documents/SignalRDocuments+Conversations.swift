import ChatBridge
package import ChatDocuments
import Foundation
import JSON

extension SignalRDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredConversation) throws -> BSONDocument {
        let conversation = stored.conversation
        let members = conversation.members.sorted()
        var document: BSONDocument = [
            "_id": .identifier(conversation.id), "type": conversation.isDirect ? "OneOnOne" : "Group",
            "participants": .array(members.map { Self.participant($0, of: conversation) }),
            "participantsCount": .int64(members.count), "createdAt": .date(conversation.createdAt),
            "updatedAt": .date(conversation.updatedAt),
        ]
        document.set("name", conversation.name.map(BSONValue.string))
        document.set("description", conversation.groupDescription.map(BSONValue.string))
        document.set("avatarUrl", conversation.avatar.map(BSONValue.string))
        document.set("createdBy", conversation.creator.map { ["userId": .identifier($0)] })
        document.setOrNull(
            "lastMessage",
            stored.lastMessage.map { message in
                [
                    "messageId": .identifier(message.id), "content": .string(message.text),
                    "senderId": .identifier(message.sender), "sentAt": .date(message.date),
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
        let participants = document["participants"]?.documents ?? []
        var conversation = Conversation(
            id: id, dialect: dialect, members: Set(participants.compactMap { $0["userId"]?.identifierValue }),
            name: document["name"]?.stringValue, settings: own?["settings"]?.jsonValue ?? .object([:]),
            createdAt: createdAt)
        // Also where one of the two has left.
        conversation.isDirect =
            document.text("type") == "OneOnOne" && (conversation.members.count == 2 || own?["pair"] != nil)
        Self.readSettings(document, participants, into: &conversation)
        let last = document["lastMessage"]?.documentValue
        let lastDate = last?["sentAt"]?.timestamp
        conversation.updatedAt = document["updatedAt"]?.timestamp ?? lastDate ?? createdAt
        var stored = StoredConversation(conversation)
        if let last {
            stored.lastMessage = LastMessage(
                id: last["messageId"]?.identifierValue ?? "", text: last["content"]?.stringValue ?? "",
                sender: last["senderId"]?.identifierValue ?? "", date: lastDate ?? createdAt)
        }
        stored.readOwnFields(own)
        stored.followOthers(lastMessageAt: lastDate)
        return stored
    }

    private static func participant(_ user: String, of conversation: Conversation) -> BSONValue {
        var value: BSONDocument = ["userId": .identifier(user)]
        if !conversation.isDirect { value["role"] = .string(conversation.roleName(of: user)) }
        return .document(value)
    }

    /// Reads what the chat server has changed since.
    private static func readSettings(
        _ document: BSONDocument, _ participants: [BSONDocument], into conversation: inout Conversation
    ) {
        let written = conversation
        conversation.readSetting(
            "description", document["description"], writtenAs: written.groupDescription.map(BSONValue.string))
        conversation.readSetting("avatarUrl", document["avatarUrl"], writtenAs: written.avatar.map(BSONValue.string))
        conversation.readSetting(
            "createdBy", document["createdBy"]?.documentValue?["userId"],
            writtenAs: written.creator.map(BSONValue.identifier))
        guard !conversation.isDirect else { return }
        let admins = Set(
            participants.filter { $0.text("role") == "Admin" }.compactMap { $0["userId"]?.identifierValue })
        if admins != conversation.admins { conversation.admins = admins }
    }
}
