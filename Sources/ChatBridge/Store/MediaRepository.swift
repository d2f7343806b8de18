public import Foundation

/// Media that belong to users. For errors see ``ChatStore``.
public protocol MediaRepository: Sendable {
    /// Saves a medium and fulfils the reservations of its objects. The ``PresignedUpload`` of the same ID is used up.
    /// - Returns: the medium, or the one that an earlier attempt at the same ``IdempotentRequest`` has saved.
    /// - Throws: ``StoreError/mediaExists``, ``StoreError/objectDeleted``; ``StoreError/unavailable``.
    @discardableResult
    func save(_ media: MediaItem) async throws -> MediaItem
    /// Saves a medium whose original was written by others, and so is not reserved; its thumbnail is, as always.
    /// - Throws: ``StoreError/mediaExists`` for a second medium of the same ID; ``StoreError/objectDeleted``;
    ///   ``StoreError/unavailable``.
    func register(_ media: MediaItem) async throws -> MediaRegistration
    /// The medium of a user whose object has that key; the latest, where several share the object.
    /// - Throws: ``StoreError/unavailable``.
    func media(object key: String, of owner: String, in dialect: Dialect) async throws -> MediaItem?
    /// A medium by its ID.
    /// - Throws: ``StoreError/unavailable``.
    func media(_ id: String) async throws -> MediaItem?
    /// The first `limit` media that fit `filter`, the newest first, those of one moment by their IDs.
    /// - Parameter position: the end of the page before; `nil` for the first page.
    /// - Throws: ``StoreError/unavailable``.
    func media(matching filter: MediaFilter, after position: MediaPosition?, limit: Int) async throws -> [MediaItem]
    /// Whether a message of a conversation that `viewer` is a member of shows a medium, and they have not deleted it for themselves.
    /// - Throws: ``StoreError/unavailable``.
    func isShown(_ media: MediaItem, in dialect: Dialect, to viewer: String) async throws -> Bool
    /// Deletes a medium; objects that nothing else references are marked for deletion. Returns those; `nil` when there was no
    /// such medium.
    /// - Parameter everywhere: whether the messages that show it lose the attachment. Other media, and messages with these, keep an
    ///   object that they share.
    /// - Throws: ``StoreError/unavailable``.
    func deleteMedia(_ id: String, everywhere: Bool) async throws -> [String]?
    /// Deletes a medium unless a message shows it; whether it did.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func deleteUnreferencedMedia(_ id: String) async throws -> Bool
    /// Deletes at most `limit` media that were uploaded for messages and that none has shown for `time` of the process's
    /// uptime. Returns how many there were.
    /// - Throws: ``StoreError/unavailable``.
    func deleteUnreferencedMedia(waiting time: Duration, limit: Int) async throws -> Int
}

/// Uploads that clients may make directly to the object store, and one-time tokens. For errors see ``ChatStore``.
public protocol PresignedUploadStore: Sendable {
    /// Saves an upload and reserves its object.
    /// - Returns: the upload, or the one that an earlier attempt at the same ``IdempotentRequest`` has saved.
    /// - Throws: ``StoreError/tooManyUploads`` when its owner has as many open in the dialect as `allowance` permits;
    ///   ``StoreError/objectIsBeingDeleted``; ``StoreError/unavailable``.
    @discardableResult
    func save(_ upload: PresignedUpload, within allowance: UploadAllowance?) async throws -> PresignedUpload
    /// The upload of that ID; `nil` when there is none, it has expired or was used up.
    /// - Throws: ``StoreError/unavailable``.
    func presignedUpload(_ id: String, in dialect: Dialect) async throws -> PresignedUpload?
    /// Uses a one-time token, which is remembered until `expires`; `false` when it was used before.
    /// - Throws: ``StoreError/unavailable``.
    func claim(token: String, in dialect: Dialect, expires: Date) async throws -> Bool
}
