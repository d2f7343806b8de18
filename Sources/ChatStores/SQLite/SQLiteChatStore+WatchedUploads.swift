import ChatBridge
import Concurrency

/// Keys for which a client was given an upload URL: they are checked once more when nothing can be written there any more,
/// whatever became of the upload.
///
/// An object store checks a presigned URL when the request begins, and accepts the body however long that takes. The folder
/// store checks that the key is reserved before it moves a file into place, but the reservation may end between the two; if the
/// process is killed then, nothing else refers to the file.
extension SQLiteChatStore {
    /// Begins to watch the key of an upload.
    func watch(_ upload: PresignedUpload) throws {
        let time = upload.uploadLifetime + PresignedUpload.slowness(of: upload.fileSize, rate: minimumUploadRate)
        try connection.run(
            """
            INSERT INTO watched_uploads (object, start, until, lifetime) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET start = excluded.start, until = excluded.until, lifetime = excluded.lifetime
            """,
            [
                .text(upload.key), .integer(start.number), .integer(uptimeMilliseconds + time.wholeMilliseconds),
                .integer(time.wholeMilliseconds),
            ])
    }

    /// See ``ObjectReferences``.
    public func markLateUploadsForDeletion(limit: Int) throws -> Int {
        // Mostly there is none, and no transaction is needed.
        guard try translate({ try hasEndedWatch }) else { return 0 }
        return try transact {
            for other in try watchingStarts() where !start.isLive(other) {
                try connection.run(
                    Self.adoptWatched, [.integer(other), .integer(start.number), .integer(uptimeMilliseconds)])
            }
            let ended = try endedWatches(limit: limit)
            for object in ended {
                try connection.run("DELETE FROM watched_uploads WHERE object = ?", [.text(object)])
                // An object that waits for its message is still covered by its reservation.
                if try !isReserved(object) {
                    try markForDeletionUnlessReferenced(object, rechecks: recheckDelays.count)
                }
            }
            return ended.count
        }
    }

    private var hasEndedWatch: Bool {
        get throws { try watchingStarts().contains { !start.isLive($0) } || !endedWatches(limit: 1).isEmpty }
    }

    private func watchingStarts() throws -> [Int] {
        try connection.rows(Self.startsOfWatched) { $0.integer(0) }
    }

    private func endedWatches(limit: Int) throws -> [String] {
        try connection.rows(
            Self.endedWatches, [.integer(start.number), .integer(uptimeMilliseconds), .integer(limit)]
        ) { $0.text(0) }
    }

    static let endedWatches = "SELECT object FROM watched_uploads WHERE start = ?1 AND until <= ?2 LIMIT ?3"

    /// The process starts that watch keys, each found by one step in the index.
    static let startsOfWatched = distinctStarts(in: "watched_uploads")

    /// Keys that a process that has ended watched are watched for all of their time from now on.
    static let adoptWatched = "UPDATE watched_uploads SET start = ?2, until = ?3 + lifetime WHERE start = ?1"
}
