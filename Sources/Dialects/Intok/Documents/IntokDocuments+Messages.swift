import ChatBridge
package import ChatDocuments
import Foundation
import JSON
import MediaModel

extension IntokDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredMessage) throws -> BSONDocument {
        let message = stored.message
        var document: BSONDocument = [
            "_id": .identifier(message.id), "conversationId": .identifier(message.conversation),
            "senderId": .identifier(message.sender), "type": .string(message.type.rawValue),
            "originalContent": .string(message.text),
            "status": stored.isRead ? "read" : .string(message.intokStatus),
            "readBy": .identifiers(message.receipts.map(\.user)), "reactions": Self.reactions(message),
            "timestamp": .date(message.createdAt), "createdAt": .date(message.createdAt),
        ]
        document.set("originalLanguage", message.originalLanguage.map(BSONValue.string))
        document.setOrNull("attachment", message.media.map { attachment($0, of: message) })
        document.setOrNull("replyTo", message.replyTo.map { ["messageId": .identifier($0)] })
        if let deletedAt = message.deletedAt {
            document["deletedForEveryone"] = true
            document["deletedBy"] = .identifier(message.sender)
            document["deletedAt"] = .date(deletedAt)
        }
        document["darkroom"] = .document(
            try stored.ownFields([
                .receiver, .attachments, .details, .receipts, .reactions, .deliveries, .hiddenFrom, .location,
                .forwardedFrom, .editedAt, .updatedAt,
            ]))
        return document
    }

    /// See ``DocumentModel``.
    package func message(_ document: BSONDocument) throws -> StoredMessage {
        guard let id = document["_id"]?.identifierValue, let sender = document["senderId"]?.identifierValue,
            let createdAt = document["createdAt"]?.timestamp ?? document["timestamp"]?.timestamp
        else { throw DocumentError(field: "_id, senderId or createdAt") }
        let reply = document["replyTo"]
        var message = ChatMessage(
            id: id, dialect: dialect, conversation: document["conversationId"]?.identifierValue ?? "",
            sender: sender, type: MessageType(rawValue: document.text("type") ?? MessageType.text.rawValue),
            text: document["originalContent"]?.stringValue ?? "",
            replyTo: reply?.documentValue?["messageId"]?.identifierValue ?? reply?.identifierValue,
            createdAt: createdAt)
        message.media = document["attachment"]?.documentValue.flatMap(record)
        var stored = StoredMessage(message)
        try stored.readAllOwnFields(document["darkroom"]?.documentValue)
        if stored.message.originalLanguage == nil, let language = document.text("originalLanguage") {
            stored.message.originalLanguage = language
        }
        stored.message.readReaders(document["readBy"]?.identifiers ?? [])
        readReactions(document["reactions"]?.documentValue, into: &stored.message)
        stored.isRead = document.text("status") == "read" && stored.message.receipts.isEmpty
        if document["deletedForEveryone"]?.boolValue ?? false {
            stored.message.deletedAt = document["deletedAt"]?.timestamp ?? stored.message.updatedAt
        }
        return stored
    }

    /// The users who reacted, by emoji.
    private static func reactions(_ message: ChatMessage) -> BSONValue {
        var document = BSONDocument()
        for reaction in message.reactions {
            let users = document[reaction.emoji]?.arrayValue ?? []
            document[reaction.emoji] = .array(users + [.identifier(reaction.user)])
        }
        return .document(document)
    }

    /// The document says who has reacted with what; when, and in which order, is known of reactions that were added here.
    private func readReactions(_ document: BSONDocument?, into message: inout ChatMessage) {
        var rest = (document?.fields ?? []).flatMap { emoji, users in
            users.identifiers.map { Reaction(user: $0, emoji: emoji, createdAt: message.updatedAt) }
        }
        message.reactions = message.reactions.filter { known in
            guard
                let index = rest.firstIndex(where: {
                    $0.user == known.user && $0.emoji.utf8.elementsEqual(known.emoji.utf8)
                })
            else { return false }
            rest.remove(at: index)
            return true
        }
        message.reactions += rest
    }

    /// `{id, key, fileName, contentType, fileSize, category}`, and the measured properties. The key is that by which clients
    /// download the file.
    private func attachment(_ record: MediaRecord, of message: ChatMessage) -> BSONValue {
        let type = IntokMediaType(record.mimeType)
        var value: BSONDocument = [:]
        value.set("id", record.id.map(BSONValue.string))
        let key = { (isThumbnail: Bool) -> String? in
            guard let id = record.id, let type else { return nil }
            let fileExtension = isThumbnail ? "jpg" : type.fileExtension
            return IntokKey.attachment(
                conversation: message.conversation, id: id, isThumbnail: isThumbnail, fileExtension: fileExtension
            ).text
        }
        value["key"] = .string(key(false) ?? media.url(of: record.key))
        value.set("fileName", record.originalName.map(BSONValue.string))
        value["contentType"] = .string(record.mimeType)
        value["fileSize"] = .int64(record.fileSize)
        value["category"] = .string(type?.category.rawValue ?? record.kind.rawValue)
        if let thumbnail = record.thumbnailKey {
            value["thumbnailKey"] = .string(key(true) ?? media.url(of: thumbnail))
        }
        value.set("duration", record.duration.map(BSONValue.double))
        value.set("dimensions", .dimensions(record.dimensions))
        return .document(value)
    }

    /// The file of a message that the chat server wrote, as far as the document says what it is.
    private func record(_ value: BSONDocument) -> MediaRecord? {
        guard let key = value.text("key"), !key.hasPrefix("/") else { return nil }
        var record = MediaRecord(
            key: media.key(of: key), thumbnailKey: value.text("thumbnailKey").map(media.key(of:)),
            kind: MediaKind(rawValue: value.text("category") ?? "") ?? .document,
            mimeType: value.text("contentType") ?? "application/octet-stream",
            fileSize: value["fileSize"]?.integerValue ?? 0)
        record.id = value.text("id")
        record.originalName = value.text("fileName")
        record.duration = value["duration"]?.doubleValue
        record.dimensions = value["dimensions"]?.dimensions
        return record
    }
}

extension ChatMessage {
    /// Reads who has read it: the document says who, and when is known of those who have read it here.
    fileprivate mutating func readReaders(_ users: [String]) {
        receipts.removeAll { !users.contains($0.user) }
        let known = Set(receipts.map(\.user))
        receipts += users.filter { !known.contains($0) }.map { ReadReceipt(user: $0, readAt: updatedAt) }
    }
}
