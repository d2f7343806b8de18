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
            message.attachments.isEmpty ? nil : .array(try message.attachments.map { try .encoding($0) })
        document["location"] = try message.location.map { try .encoding($0) }
        document["replyTo"] = message.replyTo.map(BSONValue.identifier)
        document["forwardedFrom"] = try message.forwardedFrom.map { try .encoding($0) }
        document["editedAt"] = message.editedAt.map(BSONValue.date)
        document["deletedAt"] = message.deletedAt.map(BSONValue.date)
        document["reactions"] = .array(message.reactions.map(Self.value))
        document["receipts"] = .array(message.receipts.map(Self.value))
        document["deliveries"] = .array(
            message.deliveries.map { ["user": .identifier($0.user), "deliveredAt": .date($0.deliveredAt)] })
        document["hiddenFrom"] = .array(stored.hiddenFrom.map(BSONValue.identifier))
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
        message.attachments = try (document["attachments"]?.arrayValue ?? []).map {
            try $0.decoding(MediaRecord.self)
        }
        message.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        message.editedAt = document["editedAt"]?.timestamp
        message.deletedAt = document["deletedAt"]?.timestamp
        message.reactions = Self.elements(document["reactions"], Self.reaction)
        message.receipts = Self.elements(document["receipts"], Self.receipt)
        message.deliveries = Self.elements(document["deliveries"], Self.delivery)
        var stored = StoredMessage(message)
        stored.hiddenFrom = document["hiddenFrom"]?.arrayValue?.compactMap(\.identifierValue) ?? []
        stored.readOwnFields(document["darkroom"]?.documentValue)
        return stored
    }

    private static func elements<Element>(
        _ value: BSONValue?, _ element: (BSONDocument) -> Element?
    ) -> [Element] {
        (value?.arrayValue ?? []).compactMap(\.documentValue).compactMap(element)
    }

    private static func value(_ reaction: Reaction) -> BSONValue {
        var document: BSONDocument = [
            "user": .identifier(reaction.user), "emoji": .string(reaction.emoji),
            "createdAt": .date(reaction.createdAt),
        ]
        document["name"] = reaction.name.map(BSONValue.string)
        return .document(document)
    }

    private static func reaction(_ document: BSONDocument) -> Reaction? {
        guard let user = document["user"]?.identifierValue, let emoji = document["emoji"]?.stringValue else {
            return nil
        }
        return Reaction(
            user: user, emoji: emoji, name: document["name"]?.stringValue,
            createdAt: document["createdAt"]?.timestamp ?? Date(milliseconds: 0))
    }

    private static func value(_ receipt: ReadReceipt) -> BSONValue {
        var document: BSONDocument = ["user": .identifier(receipt.user), "readAt": .date(receipt.readAt)]
        document["listenedAt"] = receipt.listenedAt.map(BSONValue.date)
        return .document(document)
    }

    private static func receipt(_ document: BSONDocument) -> ReadReceipt? {
        guard let user = document["user"]?.identifierValue, let date = document["readAt"]?.timestamp else { return nil }
        return ReadReceipt(user: user, readAt: date, listenedAt: document["listenedAt"]?.timestamp)
    }

    private static func delivery(_ document: BSONDocument) -> DeliveryReceipt? {
        guard let user = document["user"]?.identifierValue, let date = document["deliveredAt"]?.timestamp else {
            return nil
        }
        return DeliveryReceipt(user: user, deliveredAt: date)
    }
}
