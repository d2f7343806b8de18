import ChatDocuments

extension MongoSession {
    /// Inserts documents.
    func insert(_ collection: MongoCollection, _ documents: [BSONDocument]) throws {
        for batch in CommandBatches(documents) {
            let command: BSONDocument = [
                "insert": .string(collection.name), "documents": .array(batch.map(BSONValue.document)),
            ]
            try run(collection.database, command, writes: true)
        }
    }

    /// Updates the document that `filter` selects, or all of them. Returns how many there were.
    /// - Parameters:
    ///   - update: operators, or the stages of a pipeline.
    ///   - upsert: whether a document is inserted where there is none.
    @discardableResult
    func update(
        _ collection: MongoCollection, _ filter: BSONDocument, _ update: BSONValue, many: Bool = false,
        upsert: Bool = false
    ) throws -> Int {
        var statement: BSONDocument = ["q": .document(filter), "u": update]
        if many { statement["multi"] = true }
        if upsert { statement["upsert"] = true }
        let command: BSONDocument = ["update": .string(collection.name), "updates": [.document(statement)]]
        return try run(collection.database, command, writes: true)["n"]?.integerValue ?? 0
    }

    /// Deletes all documents that `filter` selects. Returns how many there were.
    @discardableResult
    func delete(_ collection: MongoCollection, _ filter: BSONDocument) throws -> Int {
        let command: BSONDocument = [
            "delete": .string(collection.name), "deletes": [["q": .document(filter), "limit": 0]],
        ]
        return try run(collection.database, command, writes: true)["n"]?.integerValue ?? 0
    }

    /// Ends the transactions of other sessions, whose process has ended: the server keeps what they have written from others until
    /// their time is over, a minute by default.
    func kill(_ sessions: [BSONValue]) {
        guard !sessions.isEmpty else { return }
        // Without the right to do that, the server's limit ends them.
        _ = try? run("admin", ["killSessions": .array(sessions)], writes: true, isIndependent: true)
    }

    /// Updates the document that `filter` selects, or inserts one. Returns what it is now.
    func upsert(_ collection: MongoCollection, _ filter: BSONDocument, _ update: BSONValue) throws -> BSONDocument {
        let command: BSONDocument = [
            "findAndModify": .string(collection.name), "query": .document(filter), "update": update, "upsert": true,
            "new": true,
        ]
        return try run(collection.database, command, writes: true)["value"]?.documentValue ?? [:]
    }
}

extension MongoSession {
    /// Updates one document for each of `updates`, a condition and operators.
    func update(_ collection: MongoCollection, each updates: [(BSONDocument, BSONDocument)]) throws {
        let statements = updates.map { filter, update -> BSONDocument in
            ["q": .document(filter), "u": .document(update)]
        }
        for batch in CommandBatches(statements) {
            let command: BSONDocument = [
                "update": .string(collection.name), "updates": .array(batch.map(BSONValue.document)),
            ]
            try run(collection.database, command, writes: true)
        }
    }
}
