import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

extension ObjectState {
    /// What was known of an object. Its times count from the beginning when a process takes it over.
    init(_ object: MigratedObject) {
        references = object.references
        fingerprint = object.fingerprint
        reservation = object.reservation.map {
            Reservation(
                start: 0, since: $0.since, lifetime: $0.lifetime, keepUntil: $0.keepUntil,
                unusedAfter: $0.unusedAfter)
        }
        deletion = object.deletion.map { Deletion(claim: object.isClaimed ? 0 : nil, rechecks: $0) }
        recheck = object.recheck.map { Recheck(start: 0, due: 0, rechecks: $0) }
    }
}

extension MigratedMedia {
    func documents(in own: OwnCollections) throws -> [MigrationDocument] {
        var document: BSONDocument = [
            "_id": .string(item.id), "owner": .identifier(item.owner), "record": try .encoding(item.record),
            "objects": .array(item.record.objects.map(BSONValue.string)), "createdAt": .date(item.createdAt),
            "start": 0, "since": 0, "needsMessage": .bool(item.needsMessage), "waits": .bool(isWaiting),
        ]
        document["dialect"] = (item.dialect?.rawValue).map(BSONValue.string)
        document["conversation"] = item.conversation.map(BSONValue.identifier)
        let references = MigratedReference.document(
            MigratedReference.id(ofMedia: rank), .media(item.id), objects: objects,
            originals: StoreTransaction.originals([item.record].filter { objects.contains($0.key) }),
            of: FileOrigin(item))
        return [MigrationDocument(collection: own.media, document: document)]
            + [references].compactMap(\.self).map { MigrationDocument(collection: own.references, document: $0) }
    }
}

extension OutboxEntry {
    /// The entry as it waits for any process: whatever it waited for has ended with the process that it waited in.
    var migratedDocument: BSONDocument {
        var document: BSONDocument = [
            "_id": .int64(sequence), "dialect": .string(dialect.rawValue), "recipient": .string(draft.recipient),
            "audience": .string(draft.audience.rawValue), "event": .string(draft.event),
            "payload": .json(draft.payload), "attempts": .int64(attempts), "notBefore": 0,
            "createdAt": .date(createdAt), "start": 0, "waitsIn": 0,
        ]
        document["message"] = draft.message.map(BSONValue.string)
        document["exceptSocket"] = draft.exceptSocket.map(BSONValue.string)
        document["joined"] = draft.joined.map(BSONValue.string)
        document["remaining"] = remaining.map { .array($0.sorted().map(BSONValue.string)) }
        return document
    }
}

extension DeadLetter {
    /// The dead letter, with what its entry is written back with.
    func migratedDocument(remaining: Set<String>?) -> BSONDocument {
        let entry = OutboxEntry(
            sequence: number, dialect: dialect, draft: draft, attempts: attempts, createdAt: createdAt,
            remaining: remaining)
        var document = entry.migratedDocument
        document["failedAt"] = .date(failedAt)
        document["reason"] = .string(reason)
        return document
    }
}

extension MigratedJob {
    var document: BSONDocument {
        get throws {
            var document: BSONDocument = [
                "_id": .string(job.id), "number": .int64(number), "origin": .string(job.origin.rawValue),
                "request": try request, "state": .string(job.state.rawValue),
                "isFilled": .bool(isFilled), "beat": 0, "createdAt": .date(job.createdAt),
                "cursor": try place.map { try .encoding($0) } ?? .null,
            ]
            document["idempotencyKey"] = job.idempotencyKey.map(BSONValue.string)
            document["startedAt"] = job.startedAt.map(BSONValue.date)
            document["endedAt"] = job.endedAt.map(BSONValue.date)
            return document
        }
    }

    /// The request, whose derivatives have no order, in the same form whenever it is made.
    private var request: BSONValue {
        get throws {
            guard var request = try BSONValue.encoding(job.request).documentValue else { return .null }
            request["only"] = .array(job.request.only.map(\.rawValue).sorted().map(BSONValue.string))
            return .document(request)
        }
    }

    /// The place in the order of references up to which everything was selected.
    private var place: SelectionCursor? {
        switch cursor {
        case .message(let number): .message(MigratedReference.id(ofMessage: number))
        case .media(let rank): .media(Int(rank).map { String(MigratedReference.id(ofMedia: $0)) } ?? rank)
        case .key, .object, nil: cursor
        }
    }
}

extension MigratedJobItem {
    var document: BSONDocument {
        var document: BSONDocument = [
            "_id": .int64(number), "job": .string(job), "object": .string(object), "state": .string(state.rawValue),
            "attempts": .int64(attempts), "notBefore": 0, "bytes": .int64(bytes),
        ]
        if let reason {
            document["code"] = .string(reason.code)
            document["reason"] = .string(reason.message)
        }
        document["reserved"] = reserved.map(BSONValue.string)
        return document
    }
}
