public import Foundation

/// What is stored for a user: the files of their messages and media, and their uploads in progress. For errors see ``ChatStore``.
public protocol UserFileStore: Sendable {
    /// The first `limit` files of `filter`'s owner that fit it, the newest first, those of one moment by their keys.
    /// - Parameter position: the end of the page before, with the key as its ID; `nil` for the first page.
    /// - Throws: ``StoreError/unavailable``.
    func userFiles(of owner: String, matching filter: MediaFilter, after position: MediaPosition?, limit: Int)
        async throws -> [UserFile]
    /// How much a user has stored. Thumbnails and uploads in progress do not count.
    /// - Throws: ``StoreError/unavailable``.
    func mediaUsage(of user: String) async throws -> MediaUsage
    /// The user's messages and media that show the file of that key.
    /// - Throws: ``StoreError/unavailable``.
    func uses(of key: String, by user: String) async throws -> [FileUse]
    /// The keys of the objects that uploads of the user in progress are writing, of all dialects: direct uploads, and resumable ones that have
    /// not been forgotten.
    /// - Throws: ``StoreError/unavailable``.
    func uploadsInProgress(of user: String) async throws -> [String]
    /// Removes the file of that key from a message, which stays; objects that nothing references any more are marked for deletion. Whether the
    /// message showed it.
    /// - Throws: ``StoreError/unavailable``.
    func removeFile(_ key: String, from message: String, in dialect: Dialect, at date: Date) async throws -> Bool
}
