import ChatBridge
package import ChatDocuments
import Foundation
import JSON
import MediaModel

extension RoomsDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredMessage) throws -> BSONDocument {
        let message = stored.message
        let isHidden = message.deletedAt == nil && stored.hiddenFrom.contains(message.sender)
        var document: BSONDocument = [
            "_id": .identifier(message.id), "chatRoom": .identifier(message.conversation),
            "sender": .identifier(message.sender), "type": .string(message.type.rawValue),
            "content": Self.content(message.text),
            "status": .string(stored.isRead ? "read" : RoomsMessage.status(message)),
            "timestamp": .date(message.createdAt),
            "reactions": .reactions(message.reactions, user: "userId", name: "reactionType"),
            "isDeleted": .bool(message.deletedAt != nil || isHidden), "isEdited": .bool(message.editedAt != nil),
            "editHistory": .array(
                message.editHistory.map { ["content": Self.content($0.text), "editedAt": .date($0.editedAt)] }),
        ]
        if message.deletedAt != nil { document["deletedFor"] = "everyone" }
        if isHidden { document["deletedFor"] = "sender" }
        document.set("mediaInfo", message.media.map(value))
        document.set("stickerInfo", message.sticker.map(Self.value))
        document.set("replyTo", message.replyTo.map(BSONValue.identifier))
        document.set(
            "forwardedFrom",
            message.forwardedFrom.map { origin in
                [
                    "originalMessageId": .identifier(origin.messageID), "originalSender": .identifier(origin.sender),
                    "forwardedAt": .date(message.createdAt),
                ]
            })
        document["darkroom"] = .document(
            try stored.ownFields([
                .receiver, .attachments, .details, .receipts, .deliveries, .hiddenFrom, .location, .forwardedFrom,
                .editedAt, .deletedAt, .updatedAt,
            ]))
        return document
    }

    /// See ``DocumentModel``.
    package func message(_ document: BSONDocument) throws -> StoredMessage {
        guard let id = document["_id"]?.identifierValue, let sender = document["sender"]?.identifierValue,
            let createdAt = document["timestamp"]?.timestamp ?? ObjectID(id)?.date
        else { throw DocumentError(field: "_id, sender or timestamp") }
        var message = ChatMessage(
            id: id, dialect: dialect, conversation: document["chatRoom"]?.identifierValue ?? "", sender: sender,
            type: MessageType(rawValue: document.text("type") ?? MessageType.text.rawValue),
            text: Self.text(document["content"]), replyTo: document["replyTo"]?.identifierValue, createdAt: createdAt)
        message.media = document["mediaInfo"]?.documentValue.flatMap { record($0, type: message.type.rawValue) }
        if let origin = document["forwardedFrom"]?.documentValue,
            let sender = origin["originalSender"]?.identifierValue
        {
            message.forwardedFrom = ForwardOrigin(
                sender: sender, messageID: origin["originalMessageId"]?.identifierValue ?? "", text: message.text)
        }
        message.reactions = document["reactions"]?.reactions(user: "userId", name: "reactionType") ?? []
        var stored = StoredMessage(message)
        try stored.readAllOwnFields(document["darkroom"]?.documentValue)
        if let sticker = document["stickerInfo"]?.documentValue {
            stored.message.sticker = Self.sticker(sticker) ?? stored.message.sticker
        }
        stored.isRead = document.text("status") == "read" && stored.message.receipts.isEmpty
        if let status = document.text("status"), ["delivered", "read"].contains(status),
            RoomsMessage.status(stored.message) == "sent"
        {
            stored.message.writtenStatus = status
        }
        readHistory(document, into: &stored.message)
        readDeletion(document, into: &stored)
        return stored
    }

    /// The chat server may have edited the message since.
    private func readHistory(_ document: BSONDocument, into message: inout ChatMessage) {
        let history = (document["editHistory"]?.documents ?? []).map {
            PreviousVersion(
                text: Self.text($0["content"]), editedAt: $0["editedAt"]?.timestamp ?? message.createdAt)
        }
        if history != message.editHistory { message.editHistory = history }
        let isEdited = document["isEdited"]?.boolValue ?? false
        message.editedAt = isEdited ? message.editedAt ?? history.last?.editedAt ?? message.createdAt : nil
    }

    private func readDeletion(_ document: BSONDocument, into stored: inout StoredMessage) {
        let sender = stored.message.sender
        guard document["isDeleted"]?.boolValue ?? false else {
            stored.message.deletedAt = nil
            return
        }
        if document.text("deletedFor") != "sender" {
            stored.message.deletedAt = stored.message.deletedAt ?? stored.message.createdAt
        } else if !stored.hiddenFrom.contains(sender) {
            stored.hiddenFrom.append(sender)
        }
    }

    /// The content, which may be anything that JSON can say.
    private static func content(_ text: String) -> BSONValue { .literal(RoomsContent.json(text)) ?? .string(text) }

    private static func text(_ content: BSONValue?) -> String {
        guard let value = content?.literal else { return "" }
        // Text that no document can represent as an object is stored with its marker.
        if let text = value.stringValue, RoomsContent.json(text) != value { return text }
        return (try? RoomsContent(value).text) ?? value.encodedText()
    }

    /// `{setId, stickerId, type, metadata}`
    private static func value(_ sticker: RoomsSticker) -> BSONValue {
        [
            "setId": .identifier(sticker.set), "stickerId": .string(sticker.sticker), "type": .string(sticker.type),
            "metadata": .literal(sticker.metadata) ?? .document([:]),
        ]
    }

    /// The sticker of a message, which the chat server may have written.
    private static func sticker(_ value: BSONDocument) -> RoomsSticker? {
        guard let set = value["setId"]?.identifierValue, let sticker = value.text("stickerId") else { return nil }
        return RoomsSticker(
            set: set, sticker: sticker, type: value.text("type") ?? "static",
            metadata: value["metadata"]?.literal ?? .object([:]))
    }

    /// `{originalName, mimeType, size, duration, dimensions, thumbnail, url}`
    private func value(_ record: MediaRecord) -> BSONValue {
        var value: BSONDocument = [
            "mimeType": .string(record.mimeType), "size": .int64(record.fileSize),
            "url": .string(media.url(of: record.key)),
        ]
        value.set("originalName", record.originalName.map(BSONValue.string))
        value.set("duration", record.duration.map(BSONValue.double))
        value.set("dimensions", .dimensions(record.dimensions))
        value.set("thumbnail", record.thumbnailKey.map { .string(media.url(of: $0)) })
        return .document(value)
    }

    /// The file of a message that the chat server wrote, as far as the document says what it is.
    private func record(_ value: BSONDocument, type: String) -> MediaRecord? {
        guard let url = value.text("url"), !url.hasPrefix("/") else { return nil }
        var record = MediaRecord(
            key: media.key(of: url), thumbnailKey: value.text("thumbnail").map(media.key(of:)),
            kind: MediaKind(rawValue: type) ?? .document,
            mimeType: value.text("mimeType") ?? "application/octet-stream",
            fileSize: value["size"]?.integerValue ?? 0)
        record.duration = value["duration"]?.doubleValue
        record.originalName = value.text("originalName")
        record.dimensions = value["dimensions"]?.dimensions
        return record
    }
}
