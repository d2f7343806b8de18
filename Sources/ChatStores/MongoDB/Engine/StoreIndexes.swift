import ChatDocuments

/// An index that the store makes.
struct StoreIndex: Sendable {
    let name: String
    let keys: [String]
    var isUnique = false
    /// The documents that it is of; `nil` for all.
    var condition: BSONDocument?

    init(_ name: String, _ keys: [String], unique: Bool = false, where condition: BSONDocument? = nil) {
        self.name = "darkroom_" + name
        self.keys = keys
        isUnique = unique
        self.condition = condition
    }

    /// The index as the command `createIndexes` has it.
    fileprivate var document: BSONDocument {
        var document: BSONDocument = [
            "name": .string(name), "key": .document(BSONDocument(keys.map { ($0, .int64(1)) })),
        ]
        if isUnique { document["unique"] = true }
        document["partialFilterExpression"] = condition.map(BSONValue.document)
        return document
    }
}

extension MongoSession {
    /// Makes the indexes that a collection does not have yet, and the collection where there is none.
    func makeIndexes(_ indexes: [StoreIndex], of collection: MongoCollection) throws {
        guard !indexes.isEmpty else { return }
        let command: BSONDocument = [
            "createIndexes": .string(collection.name), "indexes": .array(indexes.map { .document($0.document) }),
        ]
        try run(collection.database, command, writes: true)
    }
}

extension DialectDatabase {
    /// The indexes of each collection. The collection of users is read by `_id` alone.
    var indexes: [(MongoCollection, [StoreIndex])] {
        guard let polls else { return chatIndexes }
        // The chat server may have an index of the conversation alone, and MongoDB rejects a second one of another name.
        return chatIndexes + [(polls, [StoreIndex("conversation_id", ["conversation", "_id"])])]
    }

    private var chatIndexes: [(MongoCollection, [StoreIndex])] {
        let fields = model.messageFields
        return [
            (
                messages,
                [
                    StoreIndex("order", [fields.conversation, "darkroom.order"]),
                    StoreIndex("time", [fields.conversation, fields.createdAt, "darkroom.order"]),
                    StoreIndex("terms", [fields.conversation, "darkroom.terms"]),
                    StoreIndex(
                        "place", ["darkroom.order", fields.conversation], unique: true,
                        where: ["darkroom.order": ["$exists": true]]),
                    StoreIndex(
                        "deletion", [fields.conversation, "darkroom.deletion"],
                        where: ["darkroom.deletion": ["$exists": true]]),
                    StoreIndex("deleted", [fields.conversation, "darkroom.terms"], where: fields.deleted),
                    StoreIndex(
                        "hidden", [fields.hiddenFrom, fields.conversation, "darkroom.order"],
                        where: .exists(fields.hiddenFrom)),
                    StoreIndex("due", ["darkroom.dueAt"], where: ["darkroom.dueAt": ["$exists": true]]),
                    StoreIndex(
                        "reply_to", [fields.replyTo, "darkroom.order"], where: .exists(fields.replyTo)),
                    StoreIndex(
                        "mentioned", [fields.mentionedUser, "darkroom.order"], where: .exists(fields.mentionedUser)),
                    StoreIndex(
                        "bookmarking", [fields.bookmarkingUser, "darkroom.order"],
                        where: .exists(fields.bookmarkingUser)),
                    StoreIndex("poll_end", [fields.pollEnd], where: .exists(fields.pollEnd)),
                ] + model.messageIndexes.enumerated().map { StoreIndex("model_\($0.offset + 1)", $0.element) }
            ),
            (
                conversations,
                [
                    StoreIndex("activity", [model.memberField, "darkroom.activity"]),
                    StoreIndex("pair", ["darkroom.pair"], unique: true, where: ["darkroom.pair": ["$exists": true]]),
                ]
                    + model.conversationIndexes.enumerated().map { StoreIndex("model_\($0.offset + 1)", $0.element) }
            ),
        ]
    }
}

extension BSONDocument {
    /// A condition for documents that have a field.
    fileprivate static func exists(_ path: String) -> BSONDocument {
        BSONDocument([(path, ["$exists": true] as BSONValue)])
    }
}

extension OwnCollections {
    /// The indexes of each collection beside `_id`.
    var indexes: [(MongoCollection, [StoreIndex])] {
        [
            (lastSeen, [StoreIndex("user", ["user"])]),
            (dailyCounts, [StoreIndex("day", ["dialect", "user", "day"], unique: true)]),
            (deadLetters, [StoreIndex("dialect", ["dialect"])]),
            (
                outbox,
                [
                    StoreIndex("dialect", ["dialect", "_id"]),
                    StoreIndex("message", ["dialect", "message"], where: ["message": ["$exists": true]]),
                    StoreIndex(
                        "retries", ["dialect", "waitsIn", "notBefore"], where: ["notBefore": ["$gt": 0]]),
                ]
            ),
            (references, [StoreIndex("owner", ["owner"], unique: true), StoreIndex("object", ["objects", "kind"])]),
            (
                userFiles,
                [
                    StoreIndex("object", ["owner", "object"]), StoreIndex("age", ["owner", "createdAt", "object"]),
                    StoreIndex("kind", ["kind", "createdAt", "_id"]),
                ]
            ),
            (
                objects,
                [
                    StoreIndex(
                        "reserved", ["reservation.start", "reservation.keepUntil", "reservation.since"],
                        where: ["reservation.start": ["$exists": true]]),
                    StoreIndex(
                        "unused", ["reservation.start", "reservation.unusedAfter"],
                        where: ["reservation.unusedAfter": ["$exists": true]]),
                    StoreIndex(
                        "deletion", ["deletion.rechecks"], where: ["deletion.rechecks": ["$exists": true]]),
                    StoreIndex("fingerprint", ["fingerprint"], where: .exists("fingerprint")),
                    StoreIndex(
                        "recheck", ["recheck.start", "recheck.due"], where: ["recheck.start": ["$exists": true]]),
                ]
            ),
            (
                media,
                [
                    StoreIndex("waiting", ["start", "since"], where: ["waits": true]),
                    StoreIndex("conversation", ["dialect", "conversation"]), StoreIndex("object", ["objects"]),
                    StoreIndex("age", ["createdAt", "_id"]), StoreIndex("owner_age", ["owner", "createdAt", "_id"]),
                    StoreIndex("kind_age", ["record.kind", "createdAt", "_id"]),
                    StoreIndex("dialect_age", ["dialect", "createdAt", "_id"]),
                ]
            ),
            (
                uploads,
                [
                    StoreIndex("owner", ["dialect", "owner"]), StoreIndex("user", ["owner"]),
                    StoreIndex("object", ["object"]),
                    StoreIndex("conversation", ["dialect", "conversation"]),
                ]
            ),
            (
                resumableUploads,
                [
                    StoreIndex("owner", ["dialect", "owner"], where: ["countedBytes": ["$exists": true]]),
                    StoreIndex("expires", ["expires"]), StoreIndex("user", ["owner"]),
                ]
            ),
            (
                idempotentRequests,
                [
                    StoreIndex("caller", ["caller"]), StoreIndex("expires", ["expires"]),
                    StoreIndex("things", ["things"], where: .exists("things")),
                ]
            ),
            (watchedUploads, [StoreIndex("until", ["start", "until"])]),
            (tokens, [StoreIndex("start", ["start", "keepUntil"])]),
            (
                jobs,
                [
                    StoreIndex("number", ["number"], unique: true),
                    StoreIndex(
                        "idempotency_key", ["idempotencyKey"], unique: true,
                        where: ["idempotencyKey": ["$exists": true]]),
                    StoreIndex("state", ["state", "number"]),
                ]
            ),
            (
                items,
                [
                    StoreIndex("object", ["job", "object"], unique: true),
                    StoreIndex("state", ["job", "state", "notBefore", "_id"]),
                ]
            ),
            (users, [StoreIndex("search", ["searchKeys"])]),
            (
                userRecords,
                [
                    StoreIndex("user", ["user", "dialect", "kind"]),
                    StoreIndex("sticker_set", ["dialect", "value.set"], where: .exists("value.set")),
                ]
            ),
            (stickerSets, [StoreIndex("age", ["dialect", "createdAt", "_id"])]),
            (webhookEndpoints, []),
            (
                webhooks,
                [
                    StoreIndex("endpoint", ["endpoint", "isDead", "_id"]),
                    StoreIndex(
                        "retries", ["endpoint", "waitsIn", "notBefore"], where: ["notBefore": ["$gt": 0]]),
                    StoreIndex("failed", ["failedAt"], where: ["failedAt": ["$exists": true]]),
                ]
            ),
            (starts, []), (locks, []), (clock, []), (migration, []), (search, []),
        ]
    }
}
