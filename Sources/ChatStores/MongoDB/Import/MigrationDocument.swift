import ChatBridge
import ChatDocuments
import Foundation

/// A document that a migration writes, and where.
struct MigrationDocument {
    let collection: MongoCollection
    let document: BSONDocument

    var id: BSONValue { document["_id"] ?? .null }
}

/// The identifiers of references, which are in the order of messages and of media: below every place that is given later.
enum MigratedReference {
    static func id(ofMessage number: Int) -> Int { 2 * number }
    static func id(ofMedia rank: Int) -> Int { 2 * rank + 1 }

    /// A document of references; `nil` where there are none.
    static func document(
        _ id: Int, _ owner: ReferenceOwner, objects: [String], originals: BSONValue, of origin: FileOrigin
    ) -> BSONDocument? {
        guard !objects.isEmpty else { return nil }
        return [
            "_id": .int64(id), "owner": owner.value, "kind": owner.kind,
            "objects": .array(objects.map(BSONValue.string)), "originals": originals,
            "user": .identifier(origin.user), "createdAt": .date(origin.date),
        ]
    }
}

extension MigrationRecord {
    /// The documents of a record in Darkroom's own collections. What belonged to a process is that of start 0, which has ended.
    func documents(in own: OwnCollections) throws -> [MigrationDocument] {
        switch self {
        case .user(let user, let knownSince):
            let first: BSONDocument = ["_id": .string(user.id), "knownSince": .date(knownSince)]
            let document = first.merging(StoreTransaction.values(of: user))
            return [MigrationDocument(collection: own.users, document: document)]
        case .userRecord(let record):
            return [MigrationDocument(collection: own.userRecords, document: record.document)]
        case .stickerSet(let set):
            return [MigrationDocument(collection: own.stickerSets, document: try set.document)]
        case .lastSeen(let user, let dialect, let date):
            let document: BSONDocument = [
                "_id": StoreTransaction.identifier(of: user, in: dialect), "user": .identifier(user),
                "seenAt": .date(date),
            ]
            return [MigrationDocument(collection: own.lastSeen, document: document)]
        case .dailyCount(let user, let dialect, let day, let count):
            let document: BSONDocument = [
                "_id": .string("\(dialect.rawValue):\(day):\(user)"), "dialect": .string(dialect.rawValue),
                "user": .identifier(user), "day": .int64(day), "count": .int64(count),
            ]
            return [MigrationDocument(collection: own.dailyCounts, document: document)]
        case .token(let token):
            let document: BSONDocument = [
                "_id": StoreTransaction.identifier(of: token.token, in: token.dialect),
                "expires": .date(token.expires), "start": 0, "lifetime": .int64(token.lifetime), "keepUntil": 0,
            ]
            return [MigrationDocument(collection: own.tokens, document: document)]
        case .upload(let upload):
            return [MigrationDocument(collection: own.uploads, document: StoreTransaction.document(of: upload))]
        case .watchedUpload(let object, let lifetime):
            let document: BSONDocument = [
                "_id": .string(object), "start": 0, "until": 0, "lifetime": .int64(lifetime),
            ]
            return [MigrationDocument(collection: own.watchedUploads, document: document)]
        case .object(let object):
            let id: BSONDocument = ["_id": .string(object.key)]
            return [
                MigrationDocument(collection: own.objects, document: id.merging(ObjectState(object).document))
            ]
        case .media(let media): return try media.documents(in: own)
        case .userFile(let file): return [MigrationDocument(collection: own.userFiles, document: file.document)]
        case .outboxEntry(let entry):
            return [MigrationDocument(collection: own.outbox, document: entry.migratedDocument)]
        case .deadLetter(let letter, let remaining):
            return [
                MigrationDocument(collection: own.deadLetters, document: letter.migratedDocument(remaining: remaining))
            ]
        case .webhookEndpoint(let endpoint):
            return [MigrationDocument(collection: own.webhookEndpoints, document: try endpoint.document)]
        case .webhook(let delivery):
            return [MigrationDocument(collection: own.webhooks, document: delivery.document)]
        case .job(let job): return [MigrationDocument(collection: own.jobs, document: try job.document)]
        case .jobItem(let item): return [MigrationDocument(collection: own.items, document: item.document)]
        }
    }
}
