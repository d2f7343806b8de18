public import ChatBridge
import Foundation
public import JSON
import MediaModel
import Synchronization

extension IntokService {
    /// Creates a direct upload for a file, as `{fileName, contentType, fileSize, conversationId}` describe it. Returns
    /// `{attachmentId, uploadUrl, key, category, expiresIn}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a member that is missing or not accepted,
    ///   `conversationNotFound` when the caller is not a member, `tooManyUploads` when the caller has too many open
    ///   uploads; `unavailable` when the store does not answer.
    /// - Parameter path: that of the request, for the chat server.
    public func requestUpload(_ body: JSONValue, by caller: ChatCaller, path: String = "") async throws -> JSONValue {
        let (_, contentType) = try mediaType(in: body)
        let upload = try await describedUpload(body, id: chat.ids.media(at: chat.timestamp), by: caller)
        let (saved, url) = try await allow(upload, contentType, path: path)
        return [
            "attachmentId": .string(saved.id), "uploadUrl": .string(url), "key": .string(saved.clientKey),
            "category": JSONValue(saved.category), "expiresIn": .integer(limits.uploadLifetime),
        ]
    }

    /// The upload of a file that `{fileName, contentType, fileSize, conversationId}` describe.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a member that is missing or not accepted,
    ///   `conversationNotFound` when the caller is not a member; `unavailable` when the store does not answer.
    func describedUpload(_ body: JSONValue, id: String, by caller: ChatCaller) async throws -> PresignedUpload {
        let name = try body.requiredText("fileName")
        let (type, _) = try mediaType(in: body)
        let size = try fileSize(in: body, maximum: limits.maximumAttachmentBytes)
        let conversation = try body.requiredText("conversationId")
        guard name.utf8.count <= limits.maximumNameBytes else {
            throw ChatError(.invalidRequest, "fileName has at most \(limits.maximumNameBytes) bytes")
        }
        _ = try await chat.conversation(conversation, for: caller)
        return upload(id, type, size: size, of: caller, in: conversation, name: name)
    }

    /// Returns a URL from which a member of the conversation in `key` can download the file: `{downloadUrl,
    /// expiresIn}`. Before a message shows the file, only its uploader has access, to the file as it was uploaded.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a missing or malformed key, `conversationNotFound`, or
    ///   `mediaNotFound`; `unavailable` when the store does not answer.
    public func requestDownload(_ key: String?, by caller: ChatCaller) async throws -> JSONValue {
        guard let key, !key.isEmpty else { throw ChatError(.invalidRequest, "key is required") }
        guard case .attachment(let conversation, let id, let isThumbnail, _) = IntokKey(key) else {
            throw ChatError(.invalidRequest, "Invalid key format")
        }
        let object: String
        if let media = try await chat.media(id, in: conversation, for: caller) {
            guard let shown = isThumbnail ? media.record.thumbnailKey : media.record.key else { throw chat.noMedia }
            object = shown
        } else {
            guard let upload = try await chat.presignedUpload(id, of: caller), upload.clientKey == key,
                try await files.isStored(upload.key)
            else { throw chat.noMedia }
            object = upload.key
        }
        return [
            "downloadUrl": .string(try await files.downloadURL(object, limits.downloadLifetime)),
            "expiresIn": .integer(limits.downloadLifetime),
        ]
    }

    /// Returns the media type in a body, and its exact text, which the client must send again with the file.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is missing or not accepted.
    func mediaType(in body: JSONValue) throws(ChatError) -> (IntokMediaType, String) {
        let contentType = try body.requiredText("contentType")
        guard contentType.utf8.count <= 128, contentType.utf8.allSatisfy({ (32...126).contains($0) }),
            let type = IntokMediaType(contentType)
        else { throw ChatError(.invalidRequest, "File type not allowed") }
        return (type, contentType)
    }

    /// Returns the file size in a body, in bytes.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is missing, not positive or above `maximum`.
    func fileSize(in body: JSONValue, maximum: Int) throws(ChatError) -> Int {
        guard let size = body["fileSize"]?.integerValue, size > 0 else {
            throw ChatError(.invalidRequest, "fileSize is required: the size of the file in bytes")
        }
        guard size <= maximum else {
            throw ChatError(.invalidRequest, "File too large. Maximum size is \(maximum >> 20)MB")
        }
        return size
    }

    /// Creates the record of a direct upload.
    func upload(
        _ id: String, _ type: IntokMediaType, size: Int, of caller: ChatCaller, in conversation: String? = nil,
        name: String? = nil
    ) -> PresignedUpload {
        PresignedUpload(
            id: id, dialect: .intok, owner: caller.id, conversation: conversation, key: IntokKey.incoming(id, type),
            mimeType: type.mimeType, fileSize: size, originalName: name,
            expires: chat.timestamp.addingTimeInterval(Double(limits.attachmentLifetime)),
            lifetime: .seconds(limits.attachmentLifetime), uploadLifetime: .seconds(limits.uploadLifetime))
    }

    /// Stores an upload, which reserves its object key, and returns it with its presigned upload URL.
    /// - Throws: ``ChatError`` with code `tooManyUploads` when the owner has too many open uploads; `unavailable`
    ///   when the store does not answer; what ``Files/authorize`` throws.
    func allow(_ upload: PresignedUpload, _ contentType: String, path: String) async throws -> (
        PresignedUpload, url: String
    ) {
        try await files.authorize(upload, contentType, path)
        let limit = limits.openUploads
        let saved = Mutex(upload)
        try await files.count(upload.fileSize, upload.owner) { [chat] in
            let known = try await chat.allow(upload, within: limit)
            saved.withLock { $0 = known }
        }
        let known = saved.withLock { $0 }
        return (known, try await files.uploadURL(known.key, contentType, known.fileSize, limits.uploadLifetime))
    }
}

extension PresignedUpload {
    /// The category of its media type.
    var category: String? { IntokMediaType(mimeType)?.category.rawValue }

    /// The key by which the client refers to the file.
    var clientKey: String {
        let fileExtension = IntokMediaType(mimeType)?.fileExtension ?? ""
        guard let conversation else {
            return IntokKey.picture(user: owner, id: id, fileExtension: fileExtension).text
        }
        return IntokKey.attachment(
            conversation: conversation, id: id, isThumbnail: false, fileExtension: fileExtension
        ).text
    }
}
