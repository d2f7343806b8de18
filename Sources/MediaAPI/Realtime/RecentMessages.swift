/// The IDs of messages that were added last: at least ``maximum`` of them, at most twice as many.
struct RecentMessages {
    /// How many are kept at least.
    static let maximum = 4_096

    private var newer: Set<String> = []
    private var older: Set<String> = []

    /// Whether a message was added and is still kept.
    func contains(_ message: String) -> Bool { newer.contains(message) || older.contains(message) }

    /// Adds a message.
    mutating func insert(_ message: String) {
        if newer.count == Self.maximum { (newer, older) = ([], newer) }
        newer.insert(message)
    }
}
