import ChatBridge
package import ChatDocuments
import Foundation
import JSON
import MediaModel

extension BananatalkDocuments {
    /// See ``DocumentModel``.
    package func document(of stored: StoredMessage) throws -> BSONDocument {
        let message = stored.message
        let receipt = message.receipts.first { $0.user == message.receiver }
        var document: BSONDocument = [
            "_id": .identifier(message.id), "sender": .identifier(message.sender),
            "message": .string(message.text), "messageType": .string(message.type.rawValue),
            "read": .bool(receipt != nil), "createdAt": .date(message.createdAt),
            "updatedAt": .date(message.updatedAt), "reactions": .reactions(message.reactions),
            "isForwarded": .bool(message.forwardedFrom != nil), "isEdited": .bool(message.editedAt != nil),
            "isDeleted": .bool(message.deletedAt != nil), "pinned": .bool(message.pin != nil),
            "corrections": .corrections(message.corrections), "translations": .translations(message.translations),
            "mentions": .mentions(message.mentions),
        ]
        document.setOrNull("receiver", message.receiver.map(BSONValue.identifier))
        document.setOrNull("readAt", receipt.map { .date($0.readAt) })
        document.set("media", mediaValue(of: message))
        document.set("replyTo", message.replyTo.map(BSONValue.identifier))
        document.set(
            "forwardedFrom",
            message.forwardedFrom.map { origin in
                [
                    "sender": .identifier(origin.sender), "messageId": .identifier(origin.messageID),
                    "originalMessage": .string(origin.text),
                ]
            })
        document.set("selfDestruct", message.selfDestruct.map { .document($0.document) })
        document.set("editedAt", message.editedAt.map(BSONValue.date))
        if message.details["poll"] != nil { document["poll"] = .identifier(message.id) }
        document.set("pinnedAt", message.pin.map { .date($0.pinnedAt) })
        document.set("pinnedBy", message.pin.map { .identifier($0.user) })
        document.set("deletedAt", message.deletedAt.map(BSONValue.date))
        var rest = stored.withoutSelfDestruct
        rest.message.pin = nil
        (rest.message.corrections, rest.message.translations, rest.message.mentions) = ([], [], [])
        var own = try rest.ownFields([.conversation, .attachments, .details, .receipts, .deliveries, .hiddenFrom])
        own["dueAt"] = message.selfDestruct?.dueAt.map(BSONValue.date)
        document["darkroom"] = .document(own)
        return document
    }

    /// See ``DocumentModel``.
    package func message(_ document: BSONDocument) throws -> StoredMessage {
        guard let id = document["_id"]?.identifierValue, let sender = document["sender"]?.identifierValue,
            let createdAt = document["createdAt"]?.timestamp
        else { throw DocumentError(field: "_id, sender or createdAt") }
        var message = ChatMessage(
            id: id, dialect: dialect, sender: sender, receiver: document["receiver"]?.identifierValue,
            type: MessageType(rawValue: document.text("messageType") ?? MessageType.text.rawValue),
            text: document["message"]?.stringValue ?? "", replyTo: document["replyTo"]?.identifierValue,
            createdAt: createdAt)
        if let origin = document["forwardedFrom"]?.documentValue, let sender = origin["sender"]?.identifierValue {
            message.forwardedFrom = ForwardOrigin(
                sender: sender, messageID: origin["messageId"]?.identifierValue ?? "",
                text: origin["originalMessage"]?.stringValue ?? "")
        }
        let media = document["media"]?.documentValue
        message.location = try media?["location"]?.decoding(ChatLocation.self)
        message.media = media.flatMap(record)
        message.updatedAt = document["updatedAt"]?.timestamp ?? createdAt
        if document["isEdited"]?.boolValue ?? false {
            message.editedAt = document["editedAt"]?.timestamp ?? message.updatedAt
        }
        if document["isDeleted"]?.boolValue ?? false {
            message.deletedAt = document["deletedAt"]?.timestamp ?? message.updatedAt
        }
        message.reactions = document["reactions"]?.reactions() ?? []
        var stored = StoredMessage(message)
        try stored.readAllOwnFields(document["darkroom"]?.documentValue)
        if let value = document["selfDestruct"]?.documentValue.flatMap(SelfDestruct.init(document:)) {
            stored.message.selfDestruct = value
        }
        stored.message.readAnnotations(document)
        if let receiver = message.receiver, document["read"]?.boolValue ?? false,
            !stored.message.receipts.contains(where: { $0.user == receiver })
        {
            let date = document["readAt"]?.timestamp ?? message.updatedAt
            stored.message.receipts.append(ReadReceipt(user: receiver, readAt: date))
        }
        return stored
    }

    /// `{url, type, thumbnail?, fileName?, fileSize, mimeType, duration?, dimensions?, waveform?, location?}`
    private func mediaValue(of message: ChatMessage) -> BSONValue? {
        let place = message.location.map(Self.place)
        guard let record = message.media else {
            return place.map { ["type": "location", "location": .document($0)] }
        }
        var value: BSONDocument = [
            "url": .string(media.url(of: record.key)),
            "type": .string(message.type == .voice ? "voice" : record.kind.rawValue),
            "mimeType": .string(record.mimeType), "fileSize": .int64(record.fileSize),
        ]
        value.set("thumbnail", record.thumbnailKey.map { .string(media.url(of: $0)) })
        value.set("fileName", record.originalName.map(BSONValue.string))
        value.set("duration", record.duration.map(BSONValue.double))
        value.set("dimensions", .dimensions(record.dimensions))
        value.set("waveform", record.waveform.map { .array($0.map { .double(Double($0)) }) })
        value.set("location", place.map(BSONValue.document))
        return .document(value)
    }

    private static func place(_ location: ChatLocation) -> BSONDocument {
        var place: BSONDocument = ["latitude": .double(location.latitude), "longitude": .double(location.longitude)]
        place.set("address", location.address.map(BSONValue.string))
        place.set("placeName", location.placeName.map(BSONValue.string))
        return place
    }

    /// The file of a message that the chat server wrote, as far as the document says what it is.
    private func record(_ value: BSONDocument) -> MediaRecord? {
        guard let url = value.text("url"), !url.hasPrefix("/") else { return nil }
        let type = value.text("type") ?? ""
        var record = MediaRecord(
            key: media.key(of: url), thumbnailKey: value.text("thumbnail").map(media.key(of:)),
            kind: type == "voice" ? .audio : MediaKind(rawValue: type) ?? .document,
            mimeType: value.text("mimeType") ?? "application/octet-stream",
            fileSize: value["fileSize"]?.integerValue ?? 0)
        record.duration = value["duration"]?.doubleValue
        record.originalName = value.text("fileName")
        record.waveform = value["waveform"]?.arrayValue?.compactMap(\.doubleValue).map { Float($0) }
        record.dimensions = value["dimensions"]?.dimensions
        return record
    }
}
