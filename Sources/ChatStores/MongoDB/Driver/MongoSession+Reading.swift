import ChatDocuments

extension MongoSession {
    /// The documents that `filter` selects.
    /// - Parameters:
    ///   - limit: the most that are returned; `nil` for all.
    ///   - hint: the index that is read; by default the server chooses.
    ///   - time: see ``run(_:_:writes:isIndependent:after:)``.
    func find(
        _ collection: MongoCollection, _ filter: BSONDocument, sort: BSONDocument? = nil, skip: Int = 0,
        limit: Int? = nil, fields: BSONDocument? = nil, hint: String? = nil, after time: BSONValue? = nil
    ) throws -> [BSONDocument] {
        var documents: [BSONDocument] = []
        try forEach(
            collection, filter, sort: sort, skip: skip, limit: limit, fields: fields, hint: hint, after: time
        ) { document in
            documents.append(document)
            return true
        }
        return documents
    }

    /// The first document that `filter` selects.
    func first(
        _ collection: MongoCollection, _ filter: BSONDocument, sort: BSONDocument? = nil, fields: BSONDocument? = nil
    ) throws -> BSONDocument? {
        try find(collection, filter, sort: sort, limit: 1, fields: fields).first
    }

    /// Calls `body` with each document that `filter` selects until it returns `false`.
    func forEach(
        _ collection: MongoCollection, _ filter: BSONDocument, sort: BSONDocument? = nil, skip: Int = 0,
        limit: Int? = nil, fields: BSONDocument? = nil, hint: String? = nil, after time: BSONValue? = nil,
        _ body: (BSONDocument) throws -> Bool
    ) throws {
        // Zero means no limit to the server.
        if let limit, limit <= 0 { return }
        var command: BSONDocument = ["find": .string(collection.name), "filter": .document(filter)]
        command["sort"] = sort.map(BSONValue.document)
        if skip > 0 { command["skip"] = .int64(skip) }
        command["limit"] = limit.map(BSONValue.int64)
        command["projection"] = fields.map(BSONValue.document)
        command["hint"] = hint.map(BSONValue.string)
        if limit == 1 { command["singleBatch"] = true }
        var reply = try run(collection.database, command, writes: false, after: time)
        if limit == 1, filter["_id"] != nil, !isInTransaction, reply.isEmptyBatch {
            reply = try readAgain(command, of: collection, after: reply)
        }
        try readCursor(reply, of: collection, body)
    }

    /// Reads once more what was not found by its identifier.
    ///
    /// A primary that was elected a moment ago has everything that the former one acknowledged, but what it reads as the majority's is of
    /// the time before, until a first write of its own is acknowledged. So it may not find what has been acknowledged to another process, or
    /// to this one. Its reply names the time of the last write that it has: a read after that time waits until it is acknowledged. In other
    /// times that is so already, and costs a request. A read of what the primary alone has (`local`) would not wait, but would return, and let
    /// events be delivered of, what may be rolled back; `linearizable` would write an entry to the log for each unknown identifier.
    private func readAgain(
        _ command: BSONDocument, of collection: MongoCollection, after reply: BSONDocument
    ) throws -> BSONDocument {
        guard let time = reply["$clusterTime"]?.documentValue?["clusterTime"] else { return reply }
        return try run(collection.database, command, writes: false, after: time)
    }

    /// What a pipeline returns.
    func aggregate(
        _ collection: MongoCollection, _ pipeline: [BSONValue], hint: String? = nil, after time: BSONValue? = nil
    ) throws -> [BSONDocument] {
        var command: BSONDocument = [
            "aggregate": .string(collection.name), "pipeline": .array(pipeline), "cursor": [:],
        ]
        command["hint"] = hint.map(BSONValue.string)
        var documents: [BSONDocument] = []
        try readCursor(try run(collection.database, command, writes: false, after: time), of: collection) { document in
            documents.append(document)
            return true
        }
        return documents
    }

    /// How many documents `filter` selects.
    /// - Parameters:
    ///   - limit: after how many no more are counted; `nil` for all.
    ///   - time: see ``run(_:_:writes:isIndependent:after:)``.
    func count(
        _ collection: MongoCollection, _ filter: BSONDocument, limit: Int? = nil, hint: String? = nil,
        after time: BSONValue? = nil
    ) throws -> Int {
        var pipeline: [BSONValue] = [["$match": .document(filter)]]
        if let limit { pipeline.append(["$limit": .int64(limit)]) }
        pipeline.append(["$group": ["_id": .null, "count": ["$sum": 1]]])
        let found = try aggregate(collection, pipeline, hint: hint, after: time)
        return found.first?["count"]?.integerValue ?? 0
    }

    private func readCursor(
        _ reply: BSONDocument, of collection: MongoCollection, _ body: (BSONDocument) throws -> Bool
    ) throws {
        var (cursor, batch) = (reply["cursor"]?.documentValue, "firstBatch")
        while let page = cursor {
            for document in page[batch]?.arrayValue ?? [] {
                guard let document = document.documentValue else { continue }
                guard try body(document) else { return try close(page["id"], of: collection) }
            }
            guard let id = page["id"]?.integerValue, id != 0 else { return }
            let more: BSONDocument = ["getMore": .int64(id), "collection": .string(collection.name)]
            (cursor, batch) = (
                try run(collection.database, more, writes: false)["cursor"]?.documentValue, "nextBatch"
            )
        }
    }

    private func close(_ id: BSONValue?, of collection: MongoCollection) throws {
        guard let id = id?.integerValue, id != 0 else { return }
        let command: BSONDocument = ["killCursors": .string(collection.name), "cursors": [.int64(id)]]
        try run(collection.database, command, writes: true)
    }
}

extension BSONDocument {
    /// Whether this is a reply of a cursor that has nothing.
    fileprivate var isEmptyBatch: Bool { self["cursor"]?.documentValue?["firstBatch"]?.arrayValue?.isEmpty ?? false }
}
