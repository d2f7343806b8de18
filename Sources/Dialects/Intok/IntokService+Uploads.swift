public import ChatBridge
import Foundation
public import JSON
import MediaModel

extension IntokService {
    /// Lets the caller put a file into the store, as `{fileName, contentType, fileSize, conversationId}` says:
    /// `{attachmentId, uploadUrl, key, category, expiresIn}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func requestUpload(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let name = try body.requiredText("fileName")
        let (type, contentType) = try mediaType(in: body)
        let size = try fileSize(in: body, maximum: limits.maximumAttachmentBytes)
        let conversation = try body.requiredText("conversationId")
        guard name.utf8.count <= limits.maximumNameBytes else {
            throw ChatError(.invalidRequest, "fileName has at most \(limits.maximumNameBytes) bytes")
        }
        _ = try await chat.conversation(conversation, for: caller)
        let ticket = ticket(
            chat.ids.media(at: chat.timestamp), type, size: size, of: caller, in: conversation, name: name)
        let url = try await allow(ticket, contentType)
        return [
            "attachmentId": .string(ticket.id), "uploadUrl": .string(url), "key": .string(ticket.clientKey),
            "category": .string(type.category.rawValue), "expiresIn": .integer(limits.uploadLifetime),
        ]
    }

    /// An address from which a member of the conversation that `key` names can read the file: `{downloadUrl, expiresIn}`.
    /// Before a message shows it, it is for whoever uploaded it alone, as it was uploaded.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
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
            guard let ticket = try await chat.presignedUpload(id, of: caller), ticket.clientKey == key,
                try await files.isStored(ticket.key)
            else { throw chat.noMedia }
            object = ticket.key
        }
        return [
            "downloadUrl": .string(try await files.downloadURL(object, limits.downloadLifetime)),
            "expiresIn": .integer(limits.downloadLifetime),
        ]
    }

    /// The media type that a body names, and the very words of it, which the client will send again with the file.
    func mediaType(in body: JSONValue) throws(ChatError) -> (IntokMediaType, String) {
        let contentType = try body.requiredText("contentType")
        guard contentType.utf8.count <= 128, contentType.utf8.allSatisfy({ (32...126).contains($0) }),
            let type = IntokMediaType(contentType)
        else { throw ChatError(.invalidRequest, "File type not allowed") }
        return (type, contentType)
    }

    func fileSize(in body: JSONValue, maximum: Int) throws(ChatError) -> Int {
        guard let size = body["fileSize"]?.integerValue, size > 0 else {
            throw ChatError(.invalidRequest, "fileSize is required: the size of the file in bytes")
        }
        guard size <= maximum else {
            throw ChatError(.invalidRequest, "File too large. Maximum size is \(maximum >> 20)MB")
        }
        return size
    }

    func ticket(
        _ id: String, _ type: IntokMediaType, size: Int, of caller: ChatCaller, in conversation: String? = nil,
        name: String? = nil
    ) -> PresignedUpload {
        PresignedUpload(
            id: id, dialect: .intok, owner: caller.id, conversation: conversation, key: IntokKey.incoming(id, type),
            mimeType: type.mimeType, fileSize: size, originalName: name,
            expires: chat.timestamp.addingTimeInterval(Double(limits.attachmentLifetime)),
            lifetime: .seconds(limits.attachmentLifetime), uploadLifetime: .seconds(limits.uploadLifetime))
    }

    /// Notes a ticket, whose object is reserved with it, and signs the address to upload to.
    func allow(_ ticket: PresignedUpload, _ contentType: String) async throws -> String {
        let url = try await files.uploadURL(ticket.key, contentType, ticket.fileSize, limits.uploadLifetime)
        try await chat.allow(ticket, within: limits.openUploads)
        return url
    }
}

extension PresignedUpload {
    /// The key by which the client knows the file.
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
