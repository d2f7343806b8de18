import ChatBridge
import ChatDocuments
import Concurrency
import MediaModel

extension StoreTransaction {
    /// How many media one transaction checks.
    private static let batch = 500

    func deleteUnreferencedMedia(_ id: String) throws -> Bool {
        guard let media = try media(id), try messages(showing: media, limit: 1).isEmpty else { return false }
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
        let found = try session.find(own.media, waiting, limit: Self.batch).map(Self.media)
        let shown = try referenced(of: found.map(\.record.key))
        let isShown = { (media: MediaItem) in
            shown.contains(Original(key: media.record.key, id: media.id))
                || shown.contains(Original(key: media.record.key, id: nil))
        }
        // Neither is what a message references by now, until that is deleted.
        let referenced = found.filter(isShown).map { BSONValue.string($0.id) }
        if !referenced.isEmpty {
            try session.update(
                own.media, ["_id": ["$in": .array(referenced)]], ["$set": ["waits": false]], many: true)
        }
        let unshown = found.filter { !isShown($0) }.map(\.id).prefix(max(limit, 0))
        for id in unshown { _ = try deleteMedia(id, everywhere: false) }
        return unshown.count
    }

    /// An original that a message references, with the upload that it is of where that is known.
    private struct Original: Hashable {
        let key: String
        let id: String?
    }

    /// The originals among `objects` that messages reference.
    private func referenced(of objects: [String]) throws -> Set<Original> {
        guard !objects.isEmpty else { return [] }
        let found = try session.find(
            own.references, ["objects": ["$in": .array(objects.map(BSONValue.string))], "kind": "message"],
            fields: ["originals": 1])
        let originals = found.flatMap { $0["originals"]?.arrayValue ?? [] }.compactMap(\.documentValue)
        return Set(
            originals.compactMap { original in
                original["key"]?.stringValue.map { Original(key: $0, id: original["id"]?.stringValue) }
            })
    }
}
