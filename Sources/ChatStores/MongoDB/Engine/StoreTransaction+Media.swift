import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import MediaModel

extension StoreTransaction {
    /// Writes a medium whose original is not reserved, unless that is known already.
    /// - Throws: ``StoreError/mediaExists``, ``StoreError/objectDeleted``.
    func register(_ media: MediaItem) throws -> MediaRegistration {
        let object = media.record.key
        let state = try state(of: object)
        guard !state.isReferenced else {
            return .referenced(by: try medium(showing: object))
        }
        guard state.reservation == nil, state.deletion == nil, try !isWatched(object) else { return .inUse }
        try reserve(object)
        try insert(media)
        return .registered
    }

    /// A medium whose original is `object`.
    private func medium(showing object: String) throws -> MediaItem? {
        for case .media(let id) in try owners(of: object) {
            if let media = try media(id), media.record.key == object { return media }
        }
        return nil
    }

    /// Writes a new medium; a second one under the same ID is rejected.
    /// - Throws: ``StoreError/mediaExists``, ``StoreError/objectDeleted``.
    func insert(_ media: MediaItem) throws {
        guard try session.first(own.media, ["_id": .string(media.id)], fields: ["_id": 1]) == nil else {
            throw ChatError(.mediaExists)
        }
        var document: BSONDocument = [
            "_id": .string(media.id), "owner": .identifier(media.owner), "record": try .encoding(media.record),
            "objects": .array(media.record.objects.map(BSONValue.string)), "createdAt": .date(media.createdAt),
            "start": .int64(start), "since": .int64(uptime), "needsMessage": .bool(media.needsMessage),
            "waits": .bool(media.needsMessage),
        ]
        document["dialect"] = (media.dialect?.rawValue).map(BSONValue.string)
        document["conversation"] = media.conversation.map(BSONValue.identifier)
        try session.insert(own.media, [document])
        try addReferences(to: [media.record], from: .media(media.id), of: FileOrigin(media))
        try insertRenditionJobs(of: [media.record], at: media.createdAt)
        try writeWebhooks(at: media.createdAt) { WebhookEvent.stored(media) }
        if let dialect = media.dialect { try consumeUpload(media.id, in: dialect) }
    }

    func media(_ id: String) throws -> MediaItem? {
        try session.first(own.media, ["_id": .string(id)]).map(Self.media)
    }

    func media(object key: String, of owner: String, in dialect: Dialect) throws -> MediaItem? {
        let condition: BSONDocument = [
            "objects": .string(key), "dialect": .string(dialect.rawValue), "owner": .identifier(owner),
        ]
        return try session.first(own.media, condition, sort: ["createdAt": -1, "_id": -1]).map(Self.media)
    }

    func isShown(_ media: MediaItem, in dialect: Dialect, to viewer: String) throws -> Bool {
        try messages(showing: media).contains { shown in
            guard shown.dialect == dialect, let message = try message(shown.id, in: dialect, viewer: viewer)
            else { return false }
            let row = try conversationRow(message.conversation, in: dialect)
            return row?.conversation.members.contains(viewer) ?? false
        }
    }

    func deleteMedia(_ id: String, everywhere: Bool) throws -> [String]? {
        guard let media = try media(id) else { return nil }
        try eraseAnswers(about: .media(id))
        try session.delete(own.media, ["_id": .string(id)])
        let date = now
        try writeWebhooks(at: date) { [.deleted(media, at: date)] }
        guard everywhere else { return try removeReferences(of: .media(id)) }
        var orphans = try removeReferences(of: .media(id))
        for (message, dialect) in try messages(showing: media) {
            guard let row = try messageRow(message, in: dialect) else { continue }
            var changed = row.stored
            changed.message.attachments.removeAll(where: media.isShown)
            try write(changed, over: row, in: dialect)
            orphans += try removeReferences(of: .message(message, dialect), except: changed.message.attachments)
        }
        return orphans
    }

    /// Deletes the media of a conversation.
    func deleteMedia(of conversation: String, in dialect: Dialect) throws {
        let filter: BSONDocument = [
            "dialect": .string(dialect.rawValue), "conversation": .identifier(conversation),
        ]
        for found in try session.find(own.media, filter, fields: ["_id": 1]) {
            guard let id = found["_id"]?.stringValue else { continue }
            try eraseAnswers(about: .media(id))
            _ = try removeReferences(of: .media(id))
        }
        try session.delete(own.media, filter)
    }

    /// Replaces the record of a medium.
    func replaceRecord(of media: String, by record: MediaRecord) throws {
        let values: BSONValue = [
            "record": try .encoding(record), "objects": .array(record.objects.map(BSONValue.string)),
        ]
        try session.update(own.media, ["_id": .string(media)], ["$set": values])
    }

    static func media(_ document: BSONDocument) throws -> MediaItem {
        guard let id = document["_id"]?.stringValue, let record = document["record"] else {
            throw DocumentError(field: "record")
        }
        return MediaItem(
            id: id, dialect: document["dialect"]?.stringValue.map(Dialect.init(rawValue:)),
            conversation: document["conversation"]?.identifierValue, owner: document["owner"]?.identifierValue ?? "",
            record: try record.decoding(MediaRecord.self),
            createdAt: document["createdAt"]?.timestamp ?? Date(milliseconds: 0),
            needsMessage: document["needsMessage"]?.boolValue ?? false)
    }
}
