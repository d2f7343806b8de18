import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

/// What is stored for users: a document for each file of each user, which their references count.
extension StoreTransaction {
    func userFiles(of owner: String, matching filter: MediaFilter, after position: MediaPosition?, limit: Int) throws
        -> [UserFile]
    {
        let conditions: [BSONDocument] =
            [["owner": .identifier(owner)]] + Self.conditions(filter, kind: "kind", id: "object", after: position)
        let condition: BSONDocument = ["$and": .array(conditions.map(BSONValue.document))]
        return try session.find(
            own.userFiles, condition, sort: ["owner": -1, "createdAt": -1, "object": -1], limit: limit
        ).map(Self.userFile)
    }

    func mediaUsage(of user: String) throws -> MediaUsage {
        let group: BSONValue = ["_id": .null, "items": ["$sum": 1], "bytes": ["$sum": "$bytes"]]
        let found = try session.aggregate(
            own.userFiles, [["$match": ["owner": .identifier(user)]], ["$group": group]]
        ).first
        return MediaUsage(items: found?["items"]?.integerValue ?? 0, bytes: found?["bytes"]?.integerValue ?? 0)
    }

    func uses(of key: String, by user: String) throws -> [FileUse] {
        let condition: BSONDocument = ["objects": .string(key), "user": .identifier(user)]
        return try session.find(own.references, condition, sort: ["_id": 1]).compactMap { document in
            switch ReferenceOwner(document["owner"]) {
            case .message(let id, let dialect): try messageRow(id, in: dialect).map { .message($0.message) }
            case .media(let id): .media(id)
            case nil: nil
            }
        }
    }

    func uploadsInProgress(of user: String) throws -> [String] {
        let direct = try session.find(own.uploads, ["owner": .identifier(user)], fields: ["object": 1])
        let resumable = try session.find(own.resumableUploads, ["owner": .identifier(user)])
        return direct.compactMap { $0["object"]?.stringValue }
            + (try resumable.map { try ResumableUpload($0).content.key })
    }

    /// What a job deletes that deletes a user: first the user and their uploads in progress, then their files.
    func stored(for user: String, after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        guard case .object(let last) = cursor else {
            let uploads = try uploadsInProgress(of: user)
            return Selection(objects: [MediaJobRequest.userItem(user)] + uploads, next: .object(""))
        }
        let files = try session.find(
            own.userFiles, ["owner": .identifier(user), "object": ["$gt": .string(last)]],
            sort: ["owner": 1, "object": 1], limit: max(limit, 0)
        ).map(Self.userFile)
        return Selection(files: files, isLast: files.count < limit)
    }

    /// What a job deletes that deletes expired files.
    func expired(_ expiries: [MediaJobRequest.Expiry], after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        try Selection(of: expiries, after: cursor, limit: limit) { expiry, position, limit in
            let last = Date(milliseconds: position.milliseconds)
            let sameMoment: BSONDocument = [
                "createdAt": .date(last),
                "_id": ["$gt": UserFile.documentID(position.last.key, of: position.last.owner)],
            ]
            let condition: BSONDocument = [
                "kind": .string(expiry.kind.rawValue), "createdAt": ["$gte": .date(last), "$lt": .date(expiry.before)],
                "$or": [["createdAt": ["$gt": .date(last)]], .document(sameMoment)],
            ]
            return try session.find(
                own.userFiles, condition, sort: ["kind": 1, "createdAt": 1, "_id": 1], limit: max(limit, 0)
            ).map(Self.userFile)
        }
    }

    func removeFile(_ key: String, from message: String, in dialect: Dialect, at date: Date) throws -> Bool {
        guard let row = try messageRow(message, in: dialect) else { return false }
        guard let removed = row.message.attachments.first(where: { $0.key == key }) else { return false }
        try eraseAnswers(about: .message(message, dialect))
        var changed = row.stored
        changed.message.attachments.removeAll { $0.key == key }
        changed.message.updatedAt = date
        try write(changed, over: row, in: dialect)
        _ = try removeReferences(of: .message(message, dialect), except: changed.message.attachments)
        try writeWebhooks(at: date) { [.removed(removed, from: row.message, at: date)] }
        return true
    }

    /// Counts a new reference as one of its user's.
    func addUserFile(_ original: MediaRecord, of origin: FileOrigin) throws {
        let file = UserFile(
            key: original.key, owner: origin.user, kind: original.kind, dialect: origin.dialect,
            bytes: original.fileSize, createdAt: origin.date, uses: 1)
        var values = file.document
        (values["_id"], values["uses"]) = (nil, nil)
        try session.update(
            own.userFiles, ["_id": file.documentID],
            ["$setOnInsert": .document(values), "$inc": ["uses": 1]], upsert: true)
    }

    /// Takes references that are removed from what is counted for their user.
    /// - Parameter condition: whether the one to an original is removed.
    func removeUserFiles(of references: BSONDocument?, where condition: (_ key: String) -> Bool) throws {
        guard let user = references?["user"] else { return }
        let keys = (references?["originals"]?.arrayValue ?? []).compactMap { $0.documentValue?["key"]?.stringValue }
        for key in Set(keys) where Self.isOwn(key) && condition(key) {
            let file: BSONDocument = ["_id": UserFile.documentID(key, of: user.identifierValue ?? "")]
            try session.update(own.userFiles, file, ["$inc": ["uses": -1]])
            try session.delete(own.userFiles, file.merging(["uses": ["$lte": 0]]))
        }
    }

    /// Removes references of a user's messages and media that are gone without the store: the chat server may delete its documents.
    func removeLostReferences(to key: String, of user: String) throws {
        let condition: BSONDocument = ["objects": .string(key), "user": .identifier(user)]
        for reference in try session.find(own.references, condition) {
            guard let owner = ReferenceOwner(reference["owner"]), try !exists(owner) else { continue }
            _ = try removeReferences(of: owner)
        }
    }

    private func exists(_ owner: ReferenceOwner) throws -> Bool {
        switch owner {
        case .message(let id, let dialect): try messageRow(id, in: dialect) != nil
        case .media(let id): try media(id) != nil
        }
    }

    static func userFile(_ document: BSONDocument) -> UserFile {
        UserFile(
            key: document["object"]?.stringValue ?? "", owner: document["owner"]?.identifierValue ?? "",
            kind: MediaKind(rawValue: document["kind"]?.stringValue ?? "") ?? .document,
            dialect: document["dialect"]?.stringValue.map(Dialect.init(rawValue:)),
            bytes: document["bytes"]?.integerValue ?? 0,
            createdAt: document["createdAt"]?.timestamp ?? Date(milliseconds: 0),
            uses: document["uses"]?.integerValue ?? 0)
    }
}

extension UserFile {
    /// Keys have no colons.
    static func documentID(_ key: String, of user: String) -> BSONValue { .string("\(user):\(key)") }

    var documentID: BSONValue { Self.documentID(key, of: owner) }

    /// The file as a document.
    var document: BSONDocument {
        var document: BSONDocument = [
            "_id": documentID, "owner": .identifier(owner), "object": .string(key), "kind": .string(kind.rawValue),
            "bytes": .int64(bytes), "createdAt": .date(createdAt), "uses": .int64(uses),
        ]
        document["dialect"] = (dialect?.rawValue).map(BSONValue.string)
        return document
    }
}
