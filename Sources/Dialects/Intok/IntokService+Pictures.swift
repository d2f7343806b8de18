import Bytes
public import ChatBridge
import Foundation
public import JSON
import MediaModel

extension IntokService {
    /// The path between the service's public URL and a picture's key. It must not change, because picture URLs are
    /// permanent.
    private static let path = "/intok/"

    /// Returns the caller's own record: `{user}`.
    /// - Throws: ``ChatError`` with code `notFound` when the caller has no record and their token states no name;
    ///   `unavailable` when the store does not answer.
    public func me(_ caller: ChatCaller) async throws -> JSONValue {
        guard let user = try await chat.profile(of: caller) else { throw ChatError(.notFound, "User not found") }
        return ["user": try await shown(user)]
    }

    /// Creates a direct upload for a picture, as `{contentType, fileSize}` describe it. Returns `{uploadUrl, key,
    /// expiresIn}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a type or size that is not accepted, `tooManyUploads`
    ///   when the caller has too many open uploads; `unavailable` when the store does not answer.
    /// - Parameter path: that of the request, for the chat server.
    public func requestPictureUpload(_ body: JSONValue, by caller: ChatCaller, path: String = "") async throws
        -> JSONValue
    {
        let (type, contentType) = try mediaType(in: body)
        guard type.isPicture else {
            throw ChatError(.invalidRequest, "Invalid file type. Allowed: JPEG, PNG, WebP")
        }
        let size = try fileSize(in: body, maximum: limits.maximumPictureBytes)
        let upload = upload(UUID().uuidString.lowercased(), type, size: size, of: caller)
        let (saved, url) = try await allow(upload, contentType, path: path)
        return [
            "uploadUrl": .string(url), "key": .string(saved.clientKey), "expiresIn": .integer(limits.uploadLifetime),
        ]
    }

    /// Validates the file that the caller uploaded under `{key}`, and makes it their profile picture. The former
    /// picture is deleted. Returns `{user, profilePicture}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` without a key, `notAllowed` when the key is not that of a
    ///   picture of the caller; what ``IntokService/Files/accept`` throws when the file is rejected.
    public func setPicture(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let text = try body.requiredText("key")
        guard let key = IntokKey(text), case .picture(caller.id, let id, _) = key else { throw Self.foreignPicture }
        if let upload = try await chat.presignedUpload(id, of: caller) {
            guard upload.conversation == nil, upload.clientKey == text else {
                throw Self.foreignPicture
            }
            let date = chat.timestamp
            try await files.accept(upload) { [chat] record in
                _ = try await chat.add(
                    MediaItem(id: id, dialect: .intok, owner: caller.id, record: record, createdAt: date))
            }
        } else {
            // The file was accepted by an earlier request, which may have failed afterwards.
            guard try await picture(id, of: caller) != nil else { throw Self.foreignPicture }
        }
        let user = try await replacePicture(of: caller, by: url(of: key))
        return ["user": try await shown(user), "profilePicture": JSONValue(user.images.first)]
    }

    /// Deletes the caller's profile picture. Returns `{user}`.
    /// - Throws: ``ChatError`` with code `notFound` when the caller has no picture; `unavailable` when the store does
    ///   not answer.
    public func deletePicture(of caller: ChatCaller) async throws -> JSONValue {
        guard let user = try await chat.profile(of: caller), !user.images.isEmpty else {
            throw ChatError(.notFound, "No profile picture to delete")
        }
        return ["user": try await shown(try await replacePicture(of: caller, by: nil))]
    }

    /// Returns a temporary URL of the picture that a permanent URL refers to.
    /// - Throws: ``ChatError`` with code `mediaNotFound` when there is no such picture; what signing the URL throws.
    public func pictureURL(user: String, file: String) async throws -> String {
        guard case .picture(let user, let id, let fileExtension) = IntokKey("profiles/\(user)/\(file)"),
            let media = try await picture(id, of: ChatCaller(id: user)),
            IntokMediaType(media.record.mimeType)?.fileExtension == fileExtension
        else { throw chat.noMedia }
        return try await files.downloadURL(media.record.key, limits.downloadLifetime)
    }

    /// A user, as they see themselves.
    func shown(_ user: ChatUser) async throws -> JSONValue {
        IntokUser.json(user, knownSince: try await chat.knownSince(user.id))
    }

    /// The picture that `caller` uploaded under `id`; `nil` when there is none or the file belongs to a conversation.
    private func picture(_ id: String, of caller: ChatCaller) async throws -> MediaItem? {
        guard let media = try await chat.findOwnedMedia(id, of: caller), media.conversation == nil else { return nil }
        return media
    }

    private func replacePicture(of caller: ChatCaller, by url: String?) async throws -> ChatUser {
        let (user, former) = try await chat.setImages(url.map { [$0] } ?? [], of: caller)
        for oldURL in former where !user.images.contains(oldURL) {
            guard let id = pictureID(at: oldURL), let old = try await picture(id, of: caller) else { continue }
            do {
                try await chat.delete(old)
            } catch let error as ChatError where error.code == .mediaNotFound {
                // A concurrent request has deleted it.
            }
        }
        return user
    }

    private func url(of key: IntokKey) -> String {
        files.publicURL + Self.path + PercentEncoding.encode(key.text, keeping: .path)
    }

    private func pictureID(at url: String) -> String? {
        guard let range = url.range(of: Self.path, options: .backwards),
            let text = PercentEncoding.decodeText(url[range.upperBound...]),
            case .picture(_, let id, _) = IntokKey(text)
        else { return nil }
        return id
    }

    private static var foreignPicture: ChatError { ChatError(.notAllowed, "Invalid profile picture key") }
}
