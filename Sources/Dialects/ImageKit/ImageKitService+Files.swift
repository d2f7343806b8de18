public import ChatBridge
public import Foundation
public import JSON
public import MediaModel

/// The owner of a file.
public enum ImageKitOwner: Sendable, Hashable {
    /// A user, who may send the file in their chats.
    case user(String)
    /// The chat server itself, which holds the private key. No user may send the file.
    case service

    /// The owner's ID as it is stored; the chat server's is empty, which no user's ID is.
    var name: String {
        switch self {
        case .user(let id): id
        case .service: ""
        }
    }
}

extension ImageKitService {
    /// Stores a file that the caller has uploaded for a chat. Returns `{url, fileId, fileName, fileSize, mimeType,
    /// messageType, uploadedAt, …}`.
    /// - Throws: ``ChatError`` with code `notFound` when the file's objects were deleted meanwhile; what creating a URL
    ///   throws.
    /// - Parameter id: the file's ID, where that is known before.
    public func storeFile(
        _ record: MediaRecord, of caller: ChatCaller, for chatID: String, id: String? = nil
    ) async throws -> JSONValue {
        try await json(try await save(record, id: id, owner: .user(caller.id), conversation: chatID))
    }

    /// A file that the caller has uploaded for a chat, as ``storeFile(_:of:for:id:)`` returns it.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; what creating a URL throws.
    func uploadedFile(_ id: String, of caller: ChatCaller) async throws -> JSONValue {
        try await json(try await chat.ownedMedia(id, of: caller))
    }

    private func json(_ media: MediaItem) async throws -> JSONValue {
        var file = media
        file.record.id = media.id
        let (url, thumbnail) = try await addresses(file.record)
        var json = ImageKitFile.media(file.record, url: url) { _ in thumbnail ?? "" }.objectValue ?? [:]
        json["messageType"] = .string(ImageKitFile.messageType(file.record))
        json["uploadedAt"] = .string(Timestamp.milliseconds(file.createdAt))
        return .object(json)
    }

    /// Stores a file that was uploaded through ImageKit's own API. Returns ImageKit's response.
    /// - Parameters:
    ///   - name: the name and path of the file.
    ///   - details: the other values from the sender: `tags`, `isPrivateFile`, `customCoordinates`, `customMetadata`,
    ///     `description`.
    ///   - responseFields: the optional members to return.
    /// - Throws: ``ChatError`` with code `notFound` when the file's objects were deleted meanwhile; what creating a URL
    ///   throws.
    public func storeFile(
        _ record: MediaRecord, owner: ImageKitOwner, name: ImageKitFileName, details: JSONObject,
        responseFields: Set<String>
    ) async throws -> JSONValue {
        var record = record
        let named = details.merging(["name": .string(name.name), "filePath": .string(name.path)]) { own, _ in own }
        record.details = .object((record.details?.objectValue ?? [:]).merging(named) { _, own in own })
        let file = try await save(record, owner: owner, conversation: nil)
        let (url, thumbnail) = try await addresses(record)
        return ImageKitFile.uploaded(file, url: url, thumbnail: thumbnail, responseFields: responseFields)
    }

    /// Returns a file's metadata. Its uploader has access, and the members of a chat in which it was sent.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; `unavailable` when the store does not answer.
    public func metadata(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        ImageKitMetadata.json(try await chat.media(id, for: caller).record)
    }

    /// Deletes a file that the caller has uploaded, with its thumbnail, also from the messages that show it.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; `unavailable` when the store does not answer.
    public func deleteFile(_ id: String, by caller: ChatCaller) async throws {
        try await chat.delete(try await chat.ownedMedia(id, of: caller))
    }

    // MARK: For the chat server, by the private key

    /// Returns a file's metadata.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; `unavailable` when the store does not answer.
    public func metadata(of id: String) async throws -> JSONValue {
        ImageKitMetadata.json(try await chat.mediaForService(id).record)
    }

    /// Returns ImageKit's details of a file.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; what creating a URL throws.
    public func fileDetails(of id: String) async throws -> JSONValue {
        let file = try await chat.mediaForService(id)
        let (url, thumbnail) = try await addresses(file.record)
        return ImageKitFile.details(file, url: url, thumbnail: thumbnail)
    }

    /// Deletes a file with its thumbnail, also from the messages that show it.
    /// - Throws: ``ChatError`` with code `mediaNotFound`; `unavailable` when the store does not answer.
    public func deleteFile(_ id: String) async throws { try await chat.delete(try await chat.mediaForService(id)) }

    /// Marks an upload token as used.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it was used before; `unavailable` when the store does
    ///   not answer.
    public func claim(token: String, expires: Date) async throws {
        guard try await chat.useOnce(token: token, expires: expires) else {
            throw ChatError(.invalidRequest, "The token was used before: make a new one for each upload")
        }
    }

    private func save(
        _ record: MediaRecord, id: String? = nil, owner: ImageKitOwner, conversation: String?
    ) async throws -> MediaItem {
        let date = chat.timestamp
        var file = MediaItem(
            id: id ?? chat.ids.media(at: date), dialect: chat.dialect, conversation: conversation, owner: owner.name,
            record: record, createdAt: date, needsMessage: conversation != nil)
        file.record.id = file.id
        return try await chat.add(file)
    }

    private func addresses(_ record: MediaRecord) async throws -> (url: String, thumbnail: String?) {
        var thumbnail: String?
        if let key = record.thumbnailKey { thumbnail = try await chat.urls(key) }
        return (try await chat.urls(record.key), thumbnail)
    }
}
