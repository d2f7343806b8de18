public import Foundation

/// The chat store of the embedded default: one SQLite file.
public actor SQLiteChatStore {
    /// Opens, or makes, the store at `path` and brings its tables up to date.
    public init(path: String, now: @escaping @Sendable () -> Date = { Date() }) throws {}
}
