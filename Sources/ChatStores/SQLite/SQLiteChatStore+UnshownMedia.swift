import ChatBridge
import Concurrency

extension SQLiteChatStore {
    /// The condition on `media_items` for files that no message references.
    private static let isUnreferenced = """
        NOT EXISTS (
            SELECT 1 FROM object_owners AS own JOIN object_owners AS other ON other.object = own.object
            JOIN messages AS m ON m.number = CAST(substr(other.owner, 9) AS INTEGER)
            JOIN json_each(m.media) AS a ON \(attachment)
            WHERE own.owner = 'media:' || media_items.id AND other.owner LIKE 'message:%')
        """
    private static let attachment = isAttachment(of: "media_items.id", key: "json_extract(media_items.record, '$.key')")

    /// See ``MediaRepository``.
    @discardableResult
    public func deleteUnreferencedMedia(_ id: String) throws -> Bool {
        try transact {
            let media = try listedMedia(where: "id = ?", [.text(id)])
            let deleted = try connection.change(
                "DELETE FROM media_items WHERE id = ? AND \(Self.isUnreferenced)", [.text(id)])
            if deleted > 0 {
                try eraseAnswers(about: .media(id))
                try media.forEach(writeDeletion)
                _ = try removeReferences(of: .media(id))
            }
            return deleted > 0
        }
    }

    /// See ``MediaRepository``.
    public func deleteUnreferencedMedia(waiting time: Duration, limit: Int) throws -> Int {
        try transact {
            try adoptUnreferencedMedia()
            let latest = uptimeMilliseconds - time.wholeMilliseconds
            try connection.run(Self.clearReferenced, [.integer(start.number), .integer(latest)])
            let unshown = try connection.rows(
                Self.waitingMedia, [.integer(start.number), .integer(latest), .integer(limit)]
            ) { $0.text(0) }
            for id in unshown {
                try eraseAnswers(about: .media(id))
                try listedMedia(where: "id = ?", [.text(id)]).forEach(writeDeletion)
                try connection.run("DELETE FROM media_items WHERE id = ?", [.text(id)])
                _ = try removeReferences(of: .media(id))
            }
            return unshown.count
        }
    }

    /// Files that a message references by now, or that need none, are not checked again.
    static let clearReferenced = """
        UPDATE media_items SET waits = 0
        WHERE waits = 1 AND start = ?1 AND since <= ?2 AND NOT (needs_message AND \(isUnreferenced))
        """

    /// The files that have waited since a given uptime or earlier, once the others are cleared.
    static let waitingMedia = """
        SELECT id FROM media_items
        WHERE waits = 1 AND start = ?1 AND since <= ?2 AND needs_message AND \(isUnreferenced) LIMIT ?3
        """

    /// The process starts in which files began to wait, each found by one step in the index.
    static let startsOfWaiting = distinctStarts(in: "media_items", where: "waits = 1")

    /// Moves the files that wait since one start to another.
    static let adoptWaiting = "UPDATE media_items SET start = ?2, since = ?3 WHERE waits = 1 AND start = ?1"

    /// Takes over the files that wait since a process that has ended. They wait all of their time from now on, because without a
    /// wall clock it is not known how much of it had passed.
    private func adoptUnreferencedMedia() throws {
        for other in try connection.rows(Self.startsOfWaiting, [], { $0.integer(0) }) where !start.isLive(other) {
            try connection.run(Self.clearReferenced, [.integer(other), .integer(Int.max)])
            try connection.run(
                Self.adoptWaiting, [.integer(other), .integer(start.number), .integer(uptimeMilliseconds)])
        }
    }
}
