import ChatBridge
import Foundation
import JSON
import MediaModel

extension StandardModel {
    /// See ``DocumentModel``.
    public func document(of stored: StoredMessage) throws -> BSONDocument {
        let message = stored.message
        var document: BSONDocument = [
            "_id": .identifier(message.id), "conversation": .identifier(message.conversation),
            "sender": .identifier(message.sender), "type": .string(message.type.rawValue),
            "text": .string(message.text), "details": .json(message.details),
            "createdAt": .date(message.createdAt), "updatedAt": .date(message.updatedAt),
        ]
        document["receiver"] = message.receiver.map(BSONValue.identifier)
        document["attachments"] =
            try message.attachments.isEmpty ? nil : .attachments(message.attachments)
        document["location"] = try message.location.map { try .encoding($0) }
        document["replyTo"] = message.replyTo.map(BSONValue.identifier)
        document["forwardedFrom"] = try message.forwardedFrom.map { try .encoding($0) }
        document["editedAt"] = message.editedAt.map(BSONValue.date)
        document["deletedAt"] = message.deletedAt.map(BSONValue.date)
        document["reactions"] = .reactions(message.reactions)
        document["receipts"] = .receipts(message.receipts)
        document["deliveries"] = .deliveries(message.deliveries)
        document["hiddenFrom"] = .identifiers(stored.hiddenFrom)
        document["darkroom"] = .document(stored.ownFields)
        return document
    }

    /// See ``DocumentModel``.
    public func message(_ document: BSONDocument) throws -> StoredMessage {
        guard let id = document["_id"]?.identifierValue, let sender = document["sender"]?.identifierValue,
            let createdAt = document["createdAt"]?.timestamp
        else { throw DocumentError(field: "_id, sender or createdAt") }
        var message = ChatMessage(
            id: id, dialect: dialect, conversation: document["conversation"]?.identifierValue ?? "", sender: sender,
            receiver: document["receiver"]?.identifierValue,
            type: MessageType(rawValue: document["type"]?.stringValue ?? "text"),
            text: document["text"]?.stringValue ?? "",
            location: try document["location"]?.decoding(ChatLocation.self),
            replyTo: document["replyTo"]?.identifierValue,
            forwardedFrom: try document["forwardedFrom"]?.decoding(ForwardOrigin.self),
            details: document["details"]?.jsonValue ?? .object([:]), createdAt: createdAt)
        message.attachments = try document["attachments"]?.attachments ?? []
        message.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        message.editedAt = document["editedAt"]?.timestamp
        message.deletedAt = document["deletedAt"]?.timestamp
        message.reactions = document["reactions"]?.reactions() ?? []
        message.receipts = document["receipts"]?.receipts() ?? []
        message.deliveries = document["deliveries"]?.deliveries() ?? []
        var stored = StoredMessage(message)
        stored.hiddenFrom = document["hiddenFrom"]?.identifiers ?? []
        stored.readOwnFields(document["darkroom"]?.documentValue)
        return stored
    }
}
