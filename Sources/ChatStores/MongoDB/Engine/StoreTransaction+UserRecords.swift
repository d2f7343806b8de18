import ChatBridge
import ChatDocuments
import Foundation
import JSON

/// What dialects store of users beside their records.
extension StoreTransaction {
    func insert(_ records: [UserRecord], writing user: ChatUser?) throws -> Bool {
        for record in records where try self.record(record.kind, key: record.key, in: record.dialect) != nil {
            return false
        }
        // Another transaction may insert the same key: one of the two fails by the unique `_id`, and is tried again.
        try session.insert(own.userRecords, records.map(\.document))
        if let user { _ = try upsert(user) }
        return true
    }

    func upsert(_ record: UserRecord, limit: Int?) throws -> Bool {
        if let limit {
            // Records of several keys that are written at once would be counted without each other.
            try lock("records \(record.dialect.rawValue) \(record.kind.rawValue) \(record.user)")
            if try self.record(record.kind, key: record.key, in: record.dialect)?.user != record.user {
                let known = try records(record.kind, of: record.user, in: record.dialect)
                guard known.count < limit else { return false }
            }
        }
        try session.update(
            own.userRecords, ["_id": .string(record.identifier)], .document(record.document), upsert: true)
        return true
    }

    func record(_ kind: UserRecord.Kind, key: String, in dialect: Dialect) throws -> UserRecord? {
        let identifier = UserRecord.identifier(kind, key, dialect)
        return try session.first(own.userRecords, ["_id": .string(identifier)]).flatMap(UserRecord.init)
    }

    func records(_ kind: UserRecord.Kind, of user: String, in dialect: Dialect) throws -> [UserRecord] {
        try session.find(own.userRecords, Self.owned(kind, by: user, in: dialect), sort: ["_id": 1])
            .compactMap(UserRecord.init)
    }

    func deleteRecords(_ kind: UserRecord.Kind, key: String?, of user: String, in dialect: Dialect) throws {
        var filter = Self.owned(kind, by: user, in: dialect)
        filter["_id"] = key.map { .string(UserRecord.identifier(kind, $0, dialect)) }
        try session.delete(own.userRecords, filter)
    }

    /// Deletes what users have of a sticker set: a set that is made later with the same ID is another.
    func deleteRecords(ofStickerSet id: String, in dialect: Dialect) throws {
        try session.delete(
            own.userRecords,
            [
                "dialect": .string(dialect.rawValue), "value.set": .string(id),
                "kind": .string(UserRecord.Kind.stickerSet.rawValue),
            ])
    }

    func updateUser(
        _ id: String, creating new: ChatUser?, change: (inout ChatUser) -> Void
    ) throws -> UserUpdate? {
        let former = try self.user(id)
        guard var user = former ?? new else { return nil }
        change(&user)
        // A user of the chat server's own collection gets no record here where nothing was changed: it would hide that one.
        let (old, values) = (former.map(Self.values), Self.values(of: user))
        if old == nil || values.fields.contains(where: { old?[$0.name] != $0.value }) { _ = try upsert(user) }
        return UserUpdate(former: former, user: user)
    }

    func searchUsers(_ text: String, except user: String, limit: Int) throws -> [ChatUser] {
        guard let (lower, upper) = UserSearch.bounds(of: text) else { return [] }
        // Both bounds hold for one and the same element of the array.
        let found = try session.find(
            own.users,
            [
                "searchKeys": ["$elemMatch": ["$gte": .string(lower), "$lt": .string(upper)]],
                "_id": ["$ne": .string(user)],
            ], limit: limit)
        return found.compactMap(Self.user)
    }

    private static func owned(_ kind: UserRecord.Kind, by user: String, in dialect: Dialect) -> BSONDocument {
        ["user": .identifier(user), "dialect": .string(dialect.rawValue), "kind": .string(kind.rawValue)]
    }
}

extension UserRecord {
    /// The `_id` of the record of that kind and key.
    fileprivate static func identifier(_ kind: Kind, _ key: String, _ dialect: Dialect) -> String {
        "\(dialect.rawValue):\(kind.rawValue):\(key)"
    }

    fileprivate var identifier: String { Self.identifier(kind, key, dialect) }

    /// The record as a document.
    var document: BSONDocument {
        [
            "_id": .string(identifier), "dialect": .string(dialect.rawValue), "kind": .string(kind.rawValue),
            "key": .string(key), "user": .identifier(user), "value": .json(value), "createdAt": .date(createdAt),
        ]
    }

    fileprivate init?(_ document: BSONDocument) {
        guard let dialect = document["dialect"]?.stringValue, let kind = document["kind"]?.stringValue,
            let key = document["key"]?.stringValue, let user = document["user"]?.identifierValue
        else { return nil }
        self.init(
            dialect: Dialect(rawValue: dialect), kind: Kind(rawValue: kind), key: key, user: user,
            value: document["value"]?.jsonValue ?? .object([:]),
            createdAt: document["createdAt"]?.timestamp ?? Date(milliseconds: 0))
    }
}
