import ChatBridge
import ChatDocuments
import MediaModel

extension StoreTransaction {
    /// How many references are read at once, in a transaction of bounded time.
    private static let countedAtOnce = 200

    /// Counts some references that an earlier release has written for their users, in their order, and records how far that has come: a
    /// process that is killed meanwhile has done a part of it, and the next one continues there. Returns whether there may be more.
    func countSomeUserFiles() throws -> Bool {
        let state: BSONDocument = ["_id": "user files"]
        let known = try session.first(own.search, state)
        guard known?["isComplete"]?.boolValue != true else { return false }
        let references = try session.find(
            own.references, ["_id": ["$gt": .int64(known?["indexed"]?.integerValue ?? 0)]], sort: ["_id": 1],
            limit: Self.countedAtOnce)
        for reference in references where reference["user"] == nil { try countFiles(of: reference) }
        let isComplete = references.count < Self.countedAtOnce
        let progress: BSONDocument = [
            "indexed": references.last?["_id"] ?? known?["indexed"] ?? .int64(0), "isComplete": .bool(isComplete),
        ]
        try session.update(own.search, state, ["$set": .document(progress)], upsert: true)
        return !isComplete
    }

    private func countFiles(of reference: BSONDocument) throws {
        let (origin, records): (FileOrigin, [MediaRecord])
        switch ReferenceOwner(reference["owner"]) {
        case .message(let id, let dialect):
            guard let message = try messageRow(id, in: dialect)?.message else { return }
            (origin, records) = (FileOrigin(message), message.attachments)
        case .media(let id):
            guard let media = try media(id) else { return }
            (origin, records) = (FileOrigin(media), [media.record])
        case nil: return
        }
        try session.update(
            own.references, ["_id": reference["_id"] ?? .null], ["$set": ["user": .identifier(origin.user)]])
        for original in Self.distinctOriginals(records) { try addUserFile(original, of: origin) }
    }
}
