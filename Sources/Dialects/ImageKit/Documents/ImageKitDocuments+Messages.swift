import ChatBridge
package import ChatDocuments
import Foundation
import JSON
import MediaModel

extension ImageKitDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredMessage) throws -> BSONDocument {
        let message = stored.message
        var document: BSONDocument = [
            "_id": .identifier(message.id), "chatId": .identifier(message.conversation),
            "senderId": .identifier(message.sender), "content": .string(message.text),
            "messageType": .string(message.type.rawValue), "isEdited": .bool(message.editedAt != nil),
            "readBy": .receipts(message.receipts, user: "userId"), "deletedBy": .identifiers(stored.hiddenFrom),
            "reactions": .reactions(message.reactions, user: "userId"), "createdAt": .date(message.createdAt),
            "updatedAt": .date(message.updatedAt),
        ]
        let receiver = message.receiver ?? stored.counterpart
        document.set("receiverId", receiver.map(BSONValue.identifier))
        document.set("media", message.media.map(value))
        document.set("editedAt", message.editedAt.map(BSONValue.date))
        document.set("replyTo", message.replyTo.map(BSONValue.identifier))
        var own = try stored.ownFields([.attachments, .details, .deliveries, .location, .forwardedFrom, .deletedAt])
        // The receiver is the other member of the chat, and not one whom the sender named.
        if message.receiver == nil, receiver != nil { own["isToChat"] = true }
        document["darkroom"] = .document(own)
        return document
    }

    /// See ``DocumentModel``.
    package func message(_ document: BSONDocument) throws -> StoredMessage {
        guard let id = document["_id"]?.identifierValue, let sender = document["senderId"]?.identifierValue,
            let createdAt = document["createdAt"]?.timestamp
        else { throw DocumentError(field: "_id, senderId or createdAt") }
        let own = document["darkroom"]?.documentValue
        let receiver = document["receiverId"]?.identifierValue
        let isToChat = own.map { $0["isToChat"]?.boolValue ?? false } ?? true
        var message = ChatMessage(
            id: id, dialect: dialect, conversation: document["chatId"]?.identifierValue ?? "", sender: sender,
            receiver: isToChat ? nil : receiver,
            type: MessageType(rawValue: document.text("messageType") ?? MessageType.text.rawValue),
            text: document["content"]?.stringValue ?? "", replyTo: document["replyTo"]?.identifierValue,
            createdAt: createdAt)
        message.media = document["media"]?.documentValue.flatMap { record($0, type: message.type.rawValue) }
        message.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        if document["isEdited"]?.boolValue ?? false {
            message.editedAt = document["editedAt"]?.timestamp ?? message.updatedAt
        }
        message.receipts = document["readBy"]?.receipts(user: "userId") ?? []
        message.reactions = document["reactions"]?.reactions(user: "userId") ?? []
        var stored = StoredMessage(message)
        stored.hiddenFrom = document["deletedBy"]?.identifiers ?? []
        stored.counterpart = isToChat ? receiver : nil
        try stored.readAllOwnFields(own)
        return stored
    }

    /// `{url, fileId, fileName, fileSize, mimeType, duration}`
    private func value(_ record: MediaRecord) -> BSONValue {
        var value: BSONDocument = [
            "url": .string(media.url(of: record.key)), "fileSize": .int64(record.fileSize),
            "mimeType": .string(record.mimeType),
        ]
        value.set("fileId", record.id.map(BSONValue.string))
        value.set("fileName", record.originalName.map(BSONValue.string))
        value.set("duration", record.duration.map(BSONValue.double))
        return .document(value)
    }

    /// The file of a message that the chat server wrote, as far as the document says what it is.
    private func record(_ value: BSONDocument, type: String) -> MediaRecord? {
        guard let url = value.text("url"), !url.hasPrefix("/") else { return nil }
        var record = MediaRecord(
            key: media.key(of: url), kind: MediaKind(rawValue: type) ?? .document,
            mimeType: value.text("mimeType") ?? "application/octet-stream",
            fileSize: value["fileSize"]?.integerValue ?? 0)
        record.id = value.text("fileId")
        record.duration = value["duration"]?.doubleValue
        record.originalName = value.text("fileName")
        return record
    }
}
