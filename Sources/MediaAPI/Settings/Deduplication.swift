import Configuration

/// Which uploads share stored objects.
public enum Deduplication: String, Sendable, CaseIterable {
    /// None.
    case off
    /// Those of the same user.
    case owner
    /// Those of all users.
    case all
}

extension Setting {
    static let deduplicate = Setting(
        "DARKROOM_DEDUPLICATE", "off|owner|all", default: "off",
        "which uploads of the same file share one stored object: none, those of one user, or those of all users",
        details: """
            Files are the same when their stored bytes, name and media type are, in one chat system (thumbnails: their bytes). The object \
            is deleted with the last medium or message that refers to it. With `all`, a user can find out whether someone else has stored \
            a file that they have, too: see docs/deduplication.md.
            """)
}
