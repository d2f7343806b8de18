public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``MediaRepository``.
    @discardableResult
    public func save(_ media: MediaItem) async throws -> MediaItem {
        let step = IdempotentStep.next("media")
        return try await transact { transaction in
            try transaction.once(step) { ids in
                guard let id = ids.first, let known = try transaction.media(id) else { throw ChatError(.mediaDeleted) }
                return known
            } make: {
                try transaction.insert(media)
                return (media, [media.id], [.media(media.id)])
            }
        }
    }

    /// See ``MediaRepository``.
    public func register(_ media: MediaItem) async throws -> MediaRegistration {
        try await transact { try $0.register(media) }
    }

    /// See ``MediaRepository``.
    public func media(object key: String, of owner: String, in dialect: Dialect) async throws -> MediaItem? {
        try await read { try $0.media(object: key, of: owner, in: dialect) }
    }

    /// See ``MediaRepository``.
    public func media(_ id: String) async throws -> MediaItem? { try await read { try $0.media(id) } }

    /// See ``MediaRepository``.
    public func media(
        matching filter: MediaFilter, after position: MediaPosition?, limit: Int
    ) async throws -> [MediaItem] {
        try await read { try $0.media(matching: filter, after: position, limit: limit) }
    }

    /// See ``MediaRepository``.
    public func isShown(_ media: MediaItem, in dialect: Dialect, to viewer: String) async throws -> Bool {
        try await read(in: dialect) { try $0.isShown(media, in: dialect, to: viewer) }
    }

    /// See ``MediaRepository``.
    public func deleteMedia(_ id: String, everywhere: Bool) async throws -> [String]? {
        try await transact { try $0.deleteMedia(id, everywhere: everywhere) }
    }

    /// See ``MediaRepository``.
    @discardableResult
    public func deleteUnreferencedMedia(_ id: String) async throws -> Bool {
        try await transact { try $0.deleteUnreferencedMedia(id) }
    }

    /// See ``MediaRepository``.
    public func deleteUnreferencedMedia(waiting time: Duration, limit: Int) async throws -> Int {
        try await transact { try $0.deleteUnreferencedMedia(waiting: time, limit: limit) }
    }

    /// See ``PresignedUploadStore``.
    @discardableResult
    public func save(_ upload: PresignedUpload, within allowance: UploadAllowance?) async throws -> PresignedUpload {
        let step = IdempotentStep.next("upload")
        return try await transact { transaction in
            try transaction.once(step) { ids in
                guard let id = ids.first, let known = try transaction.presignedUpload(id, in: upload.dialect) else {
                    throw ChatError(.mediaDeleted)
                }
                return known
            } make: {
                try transaction.save(upload, within: allowance)
                return (upload, [upload.id], [])
            }
        }
    }

    /// See ``PresignedUploadStore``.
    public func presignedUpload(_ id: String, in dialect: Dialect) async throws -> PresignedUpload? {
        try await read { try $0.presignedUpload(id, in: dialect) }
    }

    /// See ``PresignedUploadStore``.
    public func claim(token: String, in dialect: Dialect, expires: Date) async throws -> Bool {
        try await transact { try $0.claim(token: token, in: dialect, expires: expires) }
    }
}
