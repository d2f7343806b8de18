public import Foundation
import MediaModel

extension Chat {
    /// The file that `caller` uploaded under `id`, to be shown in `conversation`.
    /// - Throws: ``ChatError`` with code `mediaNotFound`, or `unavailable` when the store does not answer.
    public func upload(_ id: String, of caller: ChatCaller, for conversation: String) async throws -> MediaItem {
        let media = try await ownedMedia(id, of: caller)
        guard media.conversation == nil || media.conversation == conversation else { throw noMedia }
        return media
    }

    /// The file that `caller` uploaded under `id`.
    /// - Throws: ``ChatError`` with code `mediaNotFound`, or `unavailable` when the store does not answer.
    public func ownedMedia(_ id: String, of caller: ChatCaller) async throws -> MediaItem {
        guard let media = try await findOwnedMedia(id, of: caller) else { throw noMedia }
        return media
    }

    /// The file that `caller` uploaded under `id`; `nil` where there is none.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func findOwnedMedia(_ id: String, of caller: ChatCaller) async throws -> MediaItem? {
        guard let media = try await store.media(id), media.dialect == dialect, media.owner == caller.id else {
            return nil
        }
        return media
    }

    /// The file that `caller` uploaded and to which `url` leads: a URL that this service gave out, whenever that was and
    /// whether its signature is still valid.
    /// - Throws: ``ChatError`` with code `mediaNotFound`, or `unavailable` when the store does not answer.
    public func ownedMedia(at url: String, of caller: ChatCaller) async throws -> MediaItem {
        let unsigned = url.prefix { $0 != "?" }
        // Keys begin with the dialect's name, which may also occur in the rest of the URL.
        for range in unsigned.ranges(of: "/\(dialect.rawValue)/") {
            let key = String(unsigned[unsigned.index(after: range.lowerBound)...])
            guard let media = try await store.media(object: key, of: caller.id, in: dialect),
                media.owner == caller.id, media.record.key == key,
                try await urls(key).prefix(while: { $0 != "?" }) == unsigned
            else { continue }
            return media
        }
        throw noMedia
    }

    /// The file of that ID, for its uploader and for the members of a conversation with a message that shows it.
    /// - Throws: ``ChatError`` with code `mediaNotFound`, or `unavailable` when the store does not answer.
    public func media(_ id: String, for caller: ChatCaller) async throws -> MediaItem {
        let media = try await mediaForService(id)
        if media.owner == caller.id { return media }
        guard try await store.isShown(media, in: dialect, to: caller.id) else { throw noMedia }
        return media
    }

    /// The file that was uploaded under `id` for a conversation of which the caller is a member; `nil` where there is none.
    /// - Throws: ``ChatError`` when the caller is not a member, or the conversation does not exist; with code
    ///   `unavailable` when the store does not answer.
    public func media(_ id: String, in conversation: String, for caller: ChatCaller) async throws -> MediaItem? {
        _ = try await self.conversation(conversation, for: caller)
        guard let media = try await store.media(id), media.dialect == dialect, media.conversation == conversation
        else { return nil }
        return media
    }

    /// The file of that ID, for the chat server itself, which may see every file.
    /// - Throws: ``ChatError`` with code `mediaNotFound`, or `unavailable` when the store does not answer.
    public func mediaForService(_ id: String) async throws -> MediaItem {
        guard let media = try await store.media(id), media.dialect == dialect else { throw noMedia }
        return media
    }

    /// Stores a file that was uploaded before its message, or needs none. Returns it.
    /// - Throws: ``ChatError`` with code `notFound` when its objects were deleted meanwhile, `invalidRequest` when
    ///   there is a file of that ID; `unavailable` when the store does not answer.
    public func add(_ media: MediaItem) async throws -> MediaItem { try await store.save(media) }

    /// Deletes a file with its thumbnail, also from the messages that show it.
    /// - Throws: ``ChatError`` with code `mediaNotFound` when it was deleted already; `unavailable` when the store
    ///   does not answer.
    public func delete(_ media: MediaItem) async throws {
        guard try await store.deleteMedia(media.id, everywhere: true) != nil else { throw noMedia }
        wake()
    }

    /// Notes an upload that the caller may make directly to the object store, and reserves its object. Returns it.
    /// - Throws: ``ChatError`` with code `tooManyUploads` when the owner has as many open as `allowance` permits;
    ///   `unavailable` when the store does not answer.
    public func allow(_ upload: PresignedUpload, within allowance: UploadAllowance?) async throws -> PresignedUpload {
        try await store.save(upload, within: allowance)
    }

    /// The upload that `caller` was allowed to make under `id` and that no message shows yet; `nil` where there is none.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func presignedUpload(_ id: String, of caller: ChatCaller) async throws -> PresignedUpload? {
        guard let upload = try await store.presignedUpload(id, in: dialect), upload.owner == caller.id else {
            return nil
        }
        return upload
    }

    /// Uses a one-time token, which is remembered until it expires; `false` when it was used before.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func useOnce(token: String, expires: Date) async throws -> Bool {
        try await store.claim(token: token, in: dialect, expires: expires)
    }

    /// The error for a file that does not exist, or not for the caller.
    public var noMedia: ChatError { ChatError(.mediaNotFound, rules.refusals.noMedia) }
}
