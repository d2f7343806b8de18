public import Foundation

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
    public func deleteUnshownMedia(olderThan date: Date, limit: Int) throws -> Int {
        try transact {
            let unshown = try connection.rows(
                "SELECT id FROM owned_media WHERE created_at < ? AND \(Self.isForMessages) AND \(Self.isUnshown) LIMIT ?",
                [.integer(date.milliseconds), .integer(limit)]
            ) { $0.text(0) }
            for id in unshown {
                try connection.run("DELETE FROM owned_media WHERE id = ?", [.text(id)])
                _ = try release(holder: .media(id))
            }
            return unshown.count
        }
    }
}
