import ChatBridge
import ChatDocuments
import Concurrency

/// Keys for which a client was given an upload URL: they are checked once more when nothing can be written there any more,
/// whatever became of the upload. An object store checks a presigned URL when the request begins, and accepts the body however
/// long that takes.
extension StoreTransaction {
    /// Begins to watch the key of an upload.
    func watch(_ upload: PresignedUpload) throws {
        let time = upload.uploadLifetime + PresignedUpload.slowness(of: upload.fileSize, rate: minimumUploadRate)
        let document: BSONDocument = [
            "_id": .string(upload.key), "start": .int64(start), "until": .int64(uptime + time.wholeMilliseconds),
            "lifetime": .int64(time.wholeMilliseconds),
        ]
        try session.update(own.watchedUploads, ["_id": .string(upload.key)], .document(document), upsert: true)
    }

    /// Whether a client may still write an object of that key.
    func isWatched(_ object: String) throws -> Bool {
        try session.first(own.watchedUploads, ["_id": .string(object)], fields: ["_id": 1]) != nil
    }

    func markLateUploadsForDeletion(limit: Int) throws -> Int {
        try session.update(
            own.watchedUploads, ["start": try ofEndedStarts()],
            [["$set": ["start": .int64(start), "until": ["$add": [.int64(uptime), "$lifetime"]]]]], many: true)
        let ended = try session.find(own.watchedUploads, endedWatches, limit: limit).compactMap {
            $0["_id"]?.stringValue
        }
        for object in ended {
            try session.delete(own.watchedUploads, ["_id": .string(object)])
            // An object that waits for its message is still covered by its reservation.
            try change(object) { state in
                if state.reservation == nil { state.markForDeletion(rechecks: recheckDelays.count) }
            }
        }
        return ended.count
    }

    /// Whether there is anything for ``markLateUploadsForDeletion(limit:)`` to do.
    func hasLateUploads() throws -> Bool {
        if try session.first(own.watchedUploads, endedWatches) != nil { return true }
        return try session.first(own.watchedUploads, ["start": try ofEndedStarts()]) != nil
    }

    private var endedWatches: BSONDocument { ["start": .int64(start), "until": ["$lte": .int64(uptime)]] }
}
