import ChatBridge
package import ChatDocuments
import Foundation
import JSON
import MediaModel

extension SignalRDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredMessage) throws -> BSONDocument {
        let message = stored.message
        var document: BSONDocument = [
            "_id": .identifier(message.id), "conversationId": .identifier(message.conversation),
            "senderId": .identifier(message.sender), "content": .string(message.text),
            "messageType": .string(message.type.rawValue),
            "readBy": .receipts(Self.readers(message), user: "userId"),
            "deliveredTo": .deliveries(message.deliveries, user: "userId"),
            "reactions": .reactions(message.reactions, user: "userId", date: "addedAt"),
            "mentions": .array(SignalRMessage.mentioned(message).map { ["userId": .identifier($0)] }),
            "isEdited": .bool(message.editedAt != nil), "isDeleted": .bool(message.deletedAt != nil),
            "createdAt": .date(message.createdAt),
        ]
        if !message.attachments.isEmpty { document["mediaUrls"] = .array(message.attachments.map(file)) }
        document.set("replyTo", message.replyTo.map { ["messageId": .identifier($0)] })
        document.set("editedAt", message.editedAt.map(BSONValue.date))
        document.set("deletedAt", message.deletedAt.map(BSONValue.date))
        document["darkroom"] = .document(
            try stored.ownFields([
                .receiver, .attachments, .details, .hiddenFrom, .location, .forwardedFrom, .updatedAt,
            ]))
        return document
    }

    /// See ``DocumentModel``.
    package func message(_ document: BSONDocument) throws -> StoredMessage {
        guard let id = document["_id"]?.identifierValue, let sender = document["senderId"]?.identifierValue,
            let createdAt = document["createdAt"]?.timestamp
        else { throw DocumentError(field: "_id, senderId or createdAt") }
        let reply = document["replyTo"]
        var message = ChatMessage(
            id: id, dialect: dialect, conversation: document["conversationId"]?.identifierValue ?? "",
            sender: sender, type: MessageType(rawValue: document.text("messageType") ?? "Text"),
            text: document["content"]?.stringValue ?? "",
            replyTo: reply?.documentValue?["messageId"]?.identifierValue ?? reply?.identifierValue,
            createdAt: createdAt)
        message.attachments = (document["mediaUrls"]?.documents ?? []).compactMap(record)
        message.receipts = (document["readBy"]?.receipts(user: "userId") ?? []).filter {
            // The sender counts from the time of sending.
            $0.user != sender || $0.readAt != createdAt || $0.listenedAt != nil
        }
        message.deliveries = document["deliveredTo"]?.deliveries(user: "userId") ?? []
        message.reactions = document["reactions"]?.reactions(user: "userId", date: "addedAt") ?? []
        var stored = StoredMessage(message)
        try stored.readAllOwnFields(document["darkroom"]?.documentValue)
        let mentioned = (document["mentions"]?.documents ?? []).compactMap { $0["userId"]?.identifierValue }
        if mentioned != SignalRMessage.mentioned(stored.message) { stored.message.mention(mentioned) }
        let updatedAt = stored.message.updatedAt
        if document["isEdited"]?.boolValue ?? false {
            stored.message.editedAt = document["editedAt"]?.timestamp ?? updatedAt
        }
        if document["isDeleted"]?.boolValue ?? false {
            stored.message.deletedAt = document["deletedAt"]?.timestamp ?? updatedAt
        }
        return stored
    }

    private static func readers(_ message: ChatMessage) -> [ReadReceipt] {
        let sender = message.receipts.contains { $0.user == message.sender && $0.readAt == message.createdAt }
        return (sender ? [] : [ReadReceipt(user: message.sender, readAt: message.createdAt)]) + message.receipts
    }

    /// `{type, url, thumbnailUrl, size, fileName, mimeType, width, height, duration}`
    private func file(_ record: MediaRecord) -> BSONValue {
        var value: BSONDocument = [
            "url": .string(media.url(of: record.key)), "type": .string(SignalRMessage.type(record)),
            "size": .int64(record.fileSize), "mimeType": .string(record.mimeType),
        ]
        value.set("thumbnailUrl", record.thumbnailKey.map { .string(media.url(of: $0)) })
        value.set("fileName", record.originalName.map(BSONValue.string))
        value.set("width", record.dimensions.map { .int64($0.width) })
        value.set("height", record.dimensions.map { .int64($0.height) })
        value.set("duration", record.duration.map(BSONValue.double))
        return .document(value)
    }

    /// A file of a message that the chat server wrote, as far as the document says what it is.
    private func record(_ value: BSONDocument) -> MediaRecord? {
        guard let url = value.text("url"), !url.hasPrefix("/") else { return nil }
        let kind = MediaKind(rawValue: (value.text("type") ?? "").lowercased()) ?? .document
        var record = MediaRecord(
            key: media.key(of: url), thumbnailKey: value.text("thumbnailUrl").map(media.key(of:)), kind: kind,
            mimeType: value.text("mimeType") ?? Self.defaultType(of: kind),
            fileSize: value["size"]?.integerValue ?? 0)
        record.originalName = value.text("fileName")
        record.duration = value["duration"]?.doubleValue
        record.dimensions = BSONValue.document(value).dimensions
        return record
    }

    /// The reference names no media type of a file.
    private static func defaultType(of kind: MediaKind) -> String {
        switch kind {
        case .image: "image/jpeg"
        case .video: "video/mp4"
        case .audio: "audio/mpeg"
        default: "application/octet-stream"
        }
    }
}

extension ChatMessage {
    fileprivate mutating func mention(_ users: [String]) {
        self[detail: "mentions"] = users.isEmpty ? nil : .array(users.map(JSONValue.string))
    }
}
