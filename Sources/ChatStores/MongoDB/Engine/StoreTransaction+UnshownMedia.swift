import ChatBridge
import ChatDocuments
import Concurrency
import MediaModel

extension StoreTransaction {
    /// How many media one transaction checks.
    private static let batch = 500

    func deleteUnreferencedMedia(_ id: String) throws -> Bool {
        guard let media = try media(id), try referenced(of: media.record.objects).isEmpty else { return false }
        _ = try deleteMedia(id, everywhere: false)
        return true
    }

    func deleteUnreferencedMedia(waiting time: Duration, limit: Int) throws -> Int {
        // Files that wait since a process that has ended wait all of their time from now on, because without a wall clock it is
        // not known how much of it had passed.
        try session.update(
            own.media, ["waits": true, "start": try ofEndedStarts()],
            ["$set": ["start": .int64(start), "since": .int64(uptime)]], many: true)
        let waiting: BSONDocument = [
            "waits": true, "start": .int64(start), "since": ["$lte": .int64(uptime - time.wholeMilliseconds)],
        ]
        // What needs no message is not checked again.
        try session.update(
            own.media, waiting.merging(["needsMessage": ["$ne": true]]), ["$set": ["waits": false]], many: true)
        let found = try session.find(own.media, waiting, limit: Self.batch, fields: ["objects": 1])
        let shown = try referenced(of: found.flatMap(Self.objects))
        let isShown = { (document: BSONDocument) in Self.objects(document).contains { shown.contains($0) } }
        // Neither is what a message references by now, until that is deleted.
        let referenced = found.filter(isShown).compactMap { $0["_id"] }
        if !referenced.isEmpty {
            try session.update(
                own.media, ["_id": ["$in": .array(referenced)]], ["$set": ["waits": false]], many: true)
        }
        let unshown = found.filter { !isShown($0) }.compactMap { $0["_id"]?.stringValue }.prefix(max(limit, 0))
        for id in unshown { _ = try deleteMedia(id, everywhere: false) }
        return unshown.count
    }

    /// Those of `objects` that a message references.
    private func referenced(of objects: [String]) throws -> Set<String> {
        guard !objects.isEmpty else { return [] }
        let found = try session.find(
            own.references, ["objects": ["$in": .array(objects.map(BSONValue.string))], "kind": "message"],
            fields: ["objects": 1])
        return Set(found.flatMap(Self.objects))
    }

    private static func objects(_ document: BSONDocument) -> [String] {
        document["objects"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
