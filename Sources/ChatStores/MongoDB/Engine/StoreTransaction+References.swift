import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

/// A message or a medium, which refers to objects.
enum ReferenceOwner {
    case message(String, Dialect)
    case media(String)

    /// The owner as documents have it.
    var value: BSONValue {
        switch self {
        case .message(let id, let dialect): .string("message:\(dialect.rawValue):\(id)")
        case .media(let id): .string("media:\(id)")
        }
    }

    var kind: BSONValue {
        switch self {
        case .message: "message"
        case .media: "media"
        }
    }

    /// The owner that ``value`` represents.
    init?(_ value: BSONValue?) {
        let parts = (value?.stringValue ?? "").split(separator: ":", maxSplits: 2).map(String.init)
        switch parts.first {
        case "message" where parts.count == 3: self = .message(parts[2], Dialect(rawValue: parts[1]))
        case "media" where parts.count > 1: self = .media(parts[1...].joined(separator: ":"))
        default: return nil
        }
    }
}

extension StoreTransaction {
    /// Adds the references of a new owner to the objects of `records`, whose reservations are fulfilled. Only an object that was
    /// reserved, is referenced already or is still there although marked for deletion can be referenced: any other may have been
    /// deleted.
    /// - Parameter origin: whose files the originals are.
    /// - Throws: ``StoreError/objectDeleted``.
    func addReferences(to records: [MediaRecord], from owner: ReferenceOwner, of origin: FileOrigin) throws {
        let objects = Self.distinct(records)
        try objects.forEach(addReference)
        guard !objects.isEmpty else { return }
        let document: BSONDocument = [
            "_id": .int64(try nextPlace()), "owner": owner.value, "kind": owner.kind,
            "objects": .array(objects.map(BSONValue.string)), "originals": Self.originals(records),
            "user": .identifier(origin.user), "createdAt": .date(origin.date),
        ]
        try session.insert(own.references, [document])
        for original in Self.distinctOriginals(records) { try addUserFile(original, of: origin) }
    }

    /// Replaces the references of an owner by those to the objects of `records`; objects that nothing references any more are
    /// marked for deletion.
    /// - Throws: ``StoreError/objectDeleted``.
    func replaceReferences(of owner: ReferenceOwner, by records: [MediaRecord]) throws {
        let former = try session.first(own.references, ["owner": owner.value])
        let (old, new) = (Self.objects(of: former), Self.distinct(records))
        for object in new where !old.contains(object) { try addReference(object) }
        for object in old where !new.contains(object) { try removeReference(object) }
        let values: BSONValue = [
            "$set": ["objects": .array(new.map(BSONValue.string)), "originals": Self.originals(records)]
        ]
        try session.update(own.references, ["owner": owner.value], values)
        let kept = Set(records.map(\.key))
        try removeUserFiles(of: former) { !kept.contains($0) }
    }

    /// Removes the references of an owner. Returns the objects that have no reference now, which are marked for deletion.
    func removeReferences(of owner: ReferenceOwner) throws -> [String] {
        let former = try session.first(own.references, ["owner": owner.value])
        let objects = Self.objects(of: former)
        guard !objects.isEmpty else { return [] }
        try session.delete(own.references, ["owner": owner.value])
        try removeUserFiles(of: former) { _ in true }
        if case .message = owner { try checkMediaAgain(showing: objects) }
        return try objects.filter { try removeReference($0) }
    }

    /// Removes the references of a message to what is not among `records` any more. Returns the objects that have no reference
    /// now, which are marked for deletion.
    func removeReferences(of message: ReferenceOwner, except records: [MediaRecord]) throws -> [String] {
        let old = try referencedObjects(of: message)
        try replaceReferences(of: message, by: records)
        let kept = Set(Self.distinct(records))
        let removed = old.filter { !kept.contains($0) }
        try checkMediaAgain(showing: removed)
        return try removed.filter { try !isReferenced($0) }
    }

    /// The messages that show a medium: not those that show another one that shares its object.
    func messages(showing media: MediaItem, limit: Int? = nil) throws -> [(id: String, dialect: Dialect)] {
        // An attachment without an upload's ID, or of an earlier version, is taken for the medium's.
        let original: BSONValue = [
            "$elemMatch": ["key": .string(media.record.key), "id": ["$in": [.string(media.id), .null]]]
        ]
        let condition: BSONDocument = [
            "objects": .string(media.record.key), "kind": "message", "originals": original,
        ]
        return try session.find(own.references, condition, sort: ["_id": 1], limit: limit).compactMap { document in
            guard case .message(let id, let dialect) = ReferenceOwner(document["owner"]) else { return nil }
            return (id, dialect)
        }
    }

    /// The owners of references to an object.
    func owners(of object: String) throws -> [ReferenceOwner] {
        try session.find(own.references, ["objects": .string(object)], sort: ["_id": 1]).compactMap {
            ReferenceOwner($0["owner"])
        }
    }

    /// Media whose objects messages no longer refer to may be referred to by none.
    private func checkMediaAgain(showing objects: [String]) throws {
        let values = BSONValue.array(objects.map(BSONValue.string))
        // Media of others are not written where they wait already: that would conflict with their users' transactions.
        try session.update(
            own.media, ["objects": ["$in": values], "waits": ["$ne": true]], ["$set": ["waits": true]], many: true)
    }

    private func referencedObjects(of owner: ReferenceOwner) throws -> [String] {
        Self.objects(of: try session.first(own.references, ["owner": owner.value]))
    }

    private static func objects(of references: BSONDocument?) -> [String] {
        references?["objects"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func addReference(_ object: String) throws {
        let shared = try change(object) { state in
            let isKnown = state.reservation != nil || state.isReferenced || state.deletion != nil
            guard state.deletion?.claim == nil, isKnown || !requiresReservations else {
                throw ChatError(.objectDeleted)
            }
            let shared = state.reservation?.shares
            (state.reservation, state.deletion) = (nil, nil)
            state.references += 1
            return shared
        }
        try endSharing(of: shared)
    }

    /// Removes one reference; whether the object is marked for deletion now.
    @discardableResult
    private func removeReference(_ object: String) throws -> Bool {
        try change(object) { state in
            state.references = max(state.references - 1, 0)
            return state.markForDeletion()
        }
    }

    private static func distinct(_ records: [MediaRecord]) -> [String] {
        var seen: Set<[UInt8]> = []
        return records.flatMap(\.objects).filter { isOwn($0) && seen.insert(Array($0.utf8)).inserted }
    }

    /// The originals of records, each once.
    static func distinctOriginals(_ records: [MediaRecord]) -> [MediaRecord] {
        var seen: Set<[UInt8]> = []
        return records.filter { isOwn($0.key) && seen.insert(Array($0.key.utf8)).inserted }
    }

    /// Whether an object is in the object store. A message of the chat server may show a file at a URL of another place, which
    /// is neither referenced nor deleted here.
    static func isOwn(_ object: String) -> Bool { !object.contains("://") }

    static func originals(_ records: [MediaRecord]) -> BSONValue {
        .array(
            records.map { record in
                var original: BSONDocument = ["key": .string(record.key), "kind": .string(record.kind.rawValue)]
                original["id"] = record.id.map(BSONValue.string)
                return .document(original)
            })
    }
}
