/// Keys to which a client was given a URL: they are looked at once more when nothing can be written there any more, whatever
/// became of the upload.
///
/// An object store checks a presigned URL when the request begins, and takes the body for as long as it lasts. The folder asks
/// whether the key is reserved before it puts a file in its place, but what becomes reserved no longer between the two is
/// there, and nothing else names it if the process is killed then.
extension SQLiteChatStore {
    /// Begins to watch the key of a ticket.
    func watch(_ ticket: PresignedUpload) throws {
        let time = ticket.uploadLifetime + PresignedUpload.slowness(of: ticket.fileSize, rate: minimumUploadRate)
        try connection.run(
            """
            INSERT INTO watched_uploads (object, start, until, lifetime) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET start = excluded.start, until = excluded.until, lifetime = excluded.lifetime
            """,
            [
                .text(ticket.key), .integer(start.number), .integer(uptimeMilliseconds + time.wholeMilliseconds),
                .integer(time.wholeMilliseconds),
            ])
    }

    /// See ``ObjectReferences``.
    public func doomLateUploads(limit: Int) throws -> Int {
        // Most often there is none: nobody waits for a transaction then.
        guard try translate({ try hasEndedWatch }) else { return 0 }
        return try transact {
            for other in try watchingStarts() where !start.isLive(other) {
                try connection.run(
                    Self.adoptWatched, [.integer(other), .integer(start.number), .integer(uptimeMilliseconds)])
            }
            let ended = try endedWatches(limit: limit)
            for object in ended {
                try connection.run("DELETE FROM watched_uploads WHERE object = ?", [.text(object)])
                // What waits for its message still has somebody who looks after it.
                if try !isReserved(object) { try doomUnlessHeld(object, rechecks: recheckDelays.count) }
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

    /// The starts that watch something, each found by one step in the index.
    static let startsOfWatched = distinctStarts(in: "watched_uploads")

    /// What a start that has ended watched is watched for all of its time from now on.
    static let adoptWatched = "UPDATE watched_uploads SET start = ?2, until = ?3 + lifetime WHERE start = ?1"
}
