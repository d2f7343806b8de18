import Bytes
public import ChatBridge
import Foundation
public import JSON
import MediaModel

extension IntokService {
    /// What stands between the service's own address and a picture's key, for good.
    private static let path = "/intok/"

    /// The caller's own record: `{user}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func me(_ caller: ChatCaller) async throws -> JSONValue {
        guard let user = try await chat.profile(of: caller) else { throw ChatError(.notFound, "User not found") }
        return ["user": try await shown(user)]
    }

    /// Lets the caller put a picture into the store, as `{contentType, fileSize}` says: `{uploadUrl, key, expiresIn}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func requestPictureUpload(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let (type, contentType) = try mediaType(in: body)
        guard type.isPicture else {
            throw ChatError(.invalidRequest, "Invalid file type. Allowed: JPEG, PNG, WebP")
        }
        let size = try fileSize(in: body, maximum: limits.maximumPictureBytes)
        let ticket = ticket(UUID().uuidString.lowercased(), type, size: size, of: caller)
        let url = try await allow(ticket, contentType)
        return [
            "uploadUrl": .string(url), "key": .string(ticket.clientKey), "expiresIn": .integer(limits.uploadLifetime),
        ]
    }

    /// Makes what the caller uploaded under `{key}` their picture, once it is judged; the old one is deleted:
    /// `{user, profilePicture}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func setPicture(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let text = try body.requiredText("key")
        guard let key = IntokKey(text), case .picture(caller.id, let id, _) = key else { throw Self.foreignPicture }
        if let ticket = try await chat.presignedUpload(id, of: caller) {
            guard ticket.conversation == nil, ticket.clientKey == text else {
                throw Self.foreignPicture
            }
            let date = chat.timestamp
            try await files.take(ticket) { [chat] record in
                try await chat.add(
                    MediaItem(id: id, dialect: .intok, owner: caller.id, record: record, createdAt: date))
            }
        } else {
            // What was taken before, and perhaps could not be shown then.
            guard try await picture(id, of: caller) != nil else { throw Self.foreignPicture }
        }
        let user = try await replacePicture(of: caller, by: url(of: key))
        return ["user": try await shown(user), "profilePicture": JSONValue(user.images.first)]
    }

    /// Takes the caller's picture away: `{user}`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func deletePicture(of caller: ChatCaller) async throws -> JSONValue {
        guard let user = try await chat.profile(of: caller), !user.images.isEmpty else {
            throw ChatError(.notFound, "No profile picture to delete")
        }
        return ["user": try await shown(try await replacePicture(of: caller, by: nil))]
    }

    /// Where the picture that a permanent address names can be read now.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func pictureURL(user: String, file: String) async throws -> String {
        guard case .picture(let user, let id, let fileExtension) = IntokKey("profiles/\(user)/\(file)"),
            let media = try await picture(id, of: ChatCaller(id: user)),
            IntokMediaType(media.record.mimeType)?.fileExtension == fileExtension
        else { throw chat.noMedia }
        return try await files.downloadURL(media.record.key, limits.downloadLifetime)
    }

    private func shown(_ user: ChatUser) async throws -> JSONValue {
        IntokUser.json(user, knownSince: try await chat.knownSince(user.id))
    }

    /// The picture that `caller` uploaded under `id`; a file for a conversation is none.
    private func picture(_ id: String, of caller: ChatCaller) async throws -> MediaItem? {
        guard let media = try await chat.findOwnedMedia(id, of: caller), media.conversation == nil else { return nil }
        return media
    }

    private func replacePicture(of caller: ChatCaller, by address: String?) async throws -> ChatUser {
        let old = try await chat.profile(of: caller)?.images ?? []
        let user = try await chat.setImages(address.map { [$0] } ?? [], of: caller)
        for address in old where !user.images.contains(address) {
            guard let id = pictureID(at: address), let old = try await picture(id, of: caller) else { continue }
            do {
                try await chat.delete(old)
            } catch let error as ChatError where error.code == .mediaNotFound {
                // A concurrent call has deleted it.
            }
        }
        return user
    }

    private func url(of key: IntokKey) -> String {
        files.publicURL + Self.path + PercentEncoding.encode(key.text, keeping: .path)
    }

    private func pictureID(at address: String) -> String? {
        guard let range = address.range(of: Self.path, options: .backwards),
            let text = PercentEncoding.decodeText(address[range.upperBound...]),
            case .picture(_, let id, _) = IntokKey(text)
        else { return nil }
        return id
    }

    private static var foreignPicture: ChatError { ChatError(.notAllowed, "Invalid profile picture key") }
}
