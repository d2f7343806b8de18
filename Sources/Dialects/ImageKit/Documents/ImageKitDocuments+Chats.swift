import ChatBridge
package import ChatDocuments
import Foundation
import JSON

extension ImageKitDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredConversation) throws -> BSONDocument {
        let (chat, members) = (stored.conversation, stored.conversation.members.sorted())
        let state = ChatRequestState(chat.settings)
        var document: BSONDocument = [
            "_id": .identifier(chat.id), "participants": .identifiers(members),
            "status": .string(state.status.rawValue),
            "unreadCount": .document(BSONDocument(members.map { ($0, BSONValue.int64(stored[$0].unread)) })),
            "isArchived": false, "createdAt": .date(chat.createdAt), "updatedAt": .date(chat.updatedAt),
        ]
        document.set("requestedBy", state.requestedBy.map(BSONValue.identifier))
        document.set("acceptedAt", state.acceptedAt.map(BSONValue.date))
        document.set("blockedBy", state.blockers.first { !$0.isEmpty }.map(BSONValue.identifier))
        if let last = stored.lastMessage {
            document["lastMessage"] = .string(last.text)
            document["lastMessageAt"] = .date(last.date)
            document["lastMessageType"] = .string(last.type.rawValue)
            document["lastSenderId"] = .identifier(last.sender)
        }
        var own = stored.ownFields { member in
            var fields = StoredMember.fields(member)
            fields["unread"] = nil
            return fields
        }
        own["isDirect"] = .bool(chat.isDirect)
        own["name"] = chat.name.map(BSONValue.string)
        if chat.settings != .object([:]) { own["settings"] = .json(chat.settings) }
        document["darkroom"] = .document(own)
        return document
    }

    /// See ``DocumentModel``.
    package func conversation(_ document: BSONDocument) throws -> StoredConversation {
        guard let id = document["_id"]?.identifierValue else { throw DocumentError(field: "_id") }
        let own = document["darkroom"]?.documentValue
        let createdAt = document["createdAt"]?.timestamp ?? ObjectID(id)?.date ?? Date(milliseconds: 0)
        var chat = Conversation(
            id: id, dialect: dialect, members: Set(document["participants"]?.identifiers ?? []),
            name: own?["name"]?.stringValue, settings: own?["settings"]?.jsonValue ?? .object([:]),
            createdAt: createdAt)
        readState(document, into: &chat)
        chat.isDirect = own?["isDirect"]?.boolValue ?? (chat.members.count == 2)
        chat.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        var stored = StoredConversation(chat)
        for entry in document["unreadCount"]?.documentValue?.fields ?? [] where chat.members.contains(entry.name) {
            stored[entry.name].unread = entry.value.integerValue ?? 0
        }
        if let date = document["lastMessageAt"]?.timestamp {
            stored.lastMessage = LastMessage(
                text: document["lastMessage"]?.stringValue ?? "", type: document.text("lastMessageType") ?? "text",
                sender: document["lastSenderId"]?.identifierValue ?? "", date: date)
        }
        stored.readOwnFields(own)
        stored.followOthers(lastMessageAt: stored.lastMessage?.date)
        return stored
    }

    /// Reads the state of the chat, where the chat server has changed it since.
    private func readState(_ document: BSONDocument, into chat: inout Conversation) {
        var state = ChatRequestState(chat.settings)
        let (status, blocker) = (document.text("status"), document["blockedBy"]?.identifierValue)
        let (requester, accepted) = (document["requestedBy"]?.identifierValue, document["acceptedAt"]?.timestamp)
        guard
            status.map({ $0 != state.status.rawValue }) ?? false || requester != state.requestedBy
                || accepted != state.acceptedAt || blocker != state.blockers.first(where: { !$0.isEmpty })
        else { return }
        if let status = status.flatMap(ChatRequestState.Status.init(rawValue:)) { state.status = status }
        (state.requestedBy, state.acceptedAt) = (requester, accepted)
        state.blockers = [blocker].compactMap(\.self)
        chat.settings = state.written(to: chat.settings)
    }
}
