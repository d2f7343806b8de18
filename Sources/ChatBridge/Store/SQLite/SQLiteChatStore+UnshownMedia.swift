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
            let unshown = try connection.rows(
                "SELECT id FROM owned_media WHERE start = ? AND since <= ? AND \(Self.isForMessages) AND \(Self.isUnshown) LIMIT ?",
                [.integer(start.number), .integer(uptimeMilliseconds - time.wholeMilliseconds), .integer(limit)]
            ) { $0.text(0) }
            for id in unshown {
                try connection.run("DELETE FROM owned_media WHERE id = ?", [.text(id)])
                _ = try release(holder: .media(id))
            }
            return unshown.count
        }
    }

    /// What waits since a start that has ended waits all of its time from now on: how much of it had passed nobody can tell
    /// without a wall clock.
    private func adoptUnshownMedia() throws {
        let others = try connection.rows(
            "SELECT DISTINCT start FROM owned_media WHERE start <> ? AND \(Self.isForMessages) AND \(Self.isUnshown)",
            [.integer(start.number)]
        ) { $0.integer(0) }
        for other in others where !start.isLive(other) {
            try connection.run(
                "UPDATE owned_media SET start = ?2, since = ?3 WHERE start = ?1 AND \(Self.isForMessages) AND \(Self.isUnshown)",
                [.integer(other), .integer(start.number), .integer(uptimeMilliseconds)])
        }
    }
}
