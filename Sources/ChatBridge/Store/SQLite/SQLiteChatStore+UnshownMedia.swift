extension SQLiteChatStore {
    /// What of `owned_media` is uploaded to be shown in a message. What ImageKit's own upload API and the native API take,
    /// and profile pictures, are no such files: they may stay without one.
    private static let isForMessages =
        "(dialect = 'signalr' OR dialect IN ('imagekit', 'intok') AND conversation IS NOT NULL)"

    /// What of `owned_media` no message shows.
    private static let isUnshown = """
        NOT EXISTS (
            SELECT 1 FROM object_holders AS own JOIN object_holders AS other ON other.object = own.object
            WHERE own.holder = 'media:' || owned_media.id AND other.holder LIKE 'message:%')
        """

    /// See ``MediaCatalogue``.
    @discardableResult
    public func deleteUnshownMedia(_ id: String) throws -> Bool {
        try transact {
            let deleted = try connection.change(
                "DELETE FROM owned_media WHERE id = ? AND \(Self.isUnshown)", [.text(id)])
            if deleted > 0 { _ = try release(holder: .media(id)) }
            return deleted > 0
        }
    }

    /// See ``MediaCatalogue``.
    public func deleteUnshownMedia(waiting time: Duration, limit: Int) throws -> Int {
        try transact {
            try adoptUnshownMedia()
            let latest = uptimeMilliseconds - time.wholeMilliseconds
            try connection.run(Self.clearShown, [.integer(start.number), .integer(latest)])
            let unshown = try connection.rows(
                Self.waitingMedia, [.integer(start.number), .integer(latest), .integer(limit)]
            ) { $0.text(0) }
            for id in unshown {
                try connection.run("DELETE FROM owned_media WHERE id = ?", [.text(id)])
                _ = try release(holder: .media(id))
            }
            return unshown.count
        }
    }

    /// What a message shows after all, or needs none, is not looked at again.
    static let clearShown = """
        UPDATE owned_media SET waits = 0
        WHERE waits = 1 AND start = ?1 AND since <= ?2 AND (\(isForMessages) AND \(isUnshown)) IS NOT TRUE
        """

    /// What waits since an uptime or earlier, once the rest is cleared.
    static let waitingMedia = """
        SELECT id FROM owned_media
        WHERE waits = 1 AND start = ?1 AND since <= ?2 AND \(isForMessages) AND \(isUnshown) LIMIT ?3
        """

    /// The starts since which something waits, each found by one step in the index.
    static let startsOfWaiting = distinctStarts(in: "owned_media", where: "waits = 1")

    /// What waits since a start waits since another.
    static let adoptWaiting = "UPDATE owned_media SET start = ?2, since = ?3 WHERE waits = 1 AND start = ?1"

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
