extension SQLiteChatStore {
    /// What of `media_items` is uploaded to be shown in a message. What ImageKit's own upload API and the native API take,
    /// and profile pictures, are no such files: they may stay without one.
    private static let isForMessages =
        "(dialect = 'signalr' OR dialect IN ('imagekit', 'intok') AND conversation IS NOT NULL)"

    /// What of `media_items` no message shows.
    private static let isUnshown = """
        NOT EXISTS (
            SELECT 1 FROM object_owners AS own JOIN object_owners AS other ON other.object = own.object
            WHERE own.owner = 'media:' || media_items.id AND other.owner LIKE 'message:%')
        """

    /// See ``MediaRepository``.
    @discardableResult
    public func deleteUnshownMedia(_ id: String) throws -> Bool {
        try transact {
            let deleted = try connection.change(
                "DELETE FROM media_items WHERE id = ? AND \(Self.isUnshown)", [.text(id)])
            if deleted > 0 { _ = try release(owner: .media(id)) }
            return deleted > 0
        }
    }

    /// See ``MediaRepository``.
    public func deleteUnshownMedia(waiting time: Duration, limit: Int) throws -> Int {
        try transact {
            try adoptUnshownMedia()
            let latest = uptimeMilliseconds - time.wholeMilliseconds
            try connection.run(Self.clearShown, [.integer(start.number), .integer(latest)])
            let unshown = try connection.rows(
                Self.waitingMedia, [.integer(start.number), .integer(latest), .integer(limit)]
            ) { $0.text(0) }
            for id in unshown {
                try connection.run("DELETE FROM media_items WHERE id = ?", [.text(id)])
                _ = try release(owner: .media(id))
            }
            return unshown.count
        }
    }

    /// What a message shows after all, or needs none, is not looked at again.
    static let clearShown = """
        UPDATE media_items SET waits = 0
        WHERE waits = 1 AND start = ?1 AND since <= ?2 AND (\(isForMessages) AND \(isUnshown)) IS NOT TRUE
        """

    /// What waits since an uptime or earlier, once the rest is cleared.
    static let waitingMedia = """
        SELECT id FROM media_items
        WHERE waits = 1 AND start = ?1 AND since <= ?2 AND \(isForMessages) AND \(isUnshown) LIMIT ?3
        """

    /// The starts since which something waits, each found by one step in the index.
    static let startsOfWaiting = distinctStarts(in: "media_items", where: "waits = 1")

    /// What waits since a start waits since another.
    static let adoptWaiting = "UPDATE media_items SET start = ?2, since = ?3 WHERE waits = 1 AND start = ?1"

    /// What waits since a start that has ended waits all of its time from now on: how much of it had passed nobody can tell
    /// without a wall clock.
    private func adoptUnshownMedia() throws {
        for other in try connection.rows(Self.startsOfWaiting, [], { $0.integer(0) }) where !start.isLive(other) {
            try connection.run(Self.clearShown, [.integer(other), .integer(Int.max)])
            try connection.run(
                Self.adoptWaiting, [.integer(other), .integer(start.number), .integer(uptimeMilliseconds)])
        }
    }
}
