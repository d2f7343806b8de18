import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import Logging
import MediaModel
import MediaWorker
import ObjectStore

/// Direct uploads: a chat server's clients write files to the object store by a presigned URL; afterwards the file is
/// validated and published.
///
/// The holder of the URL can write until it expires. So objects are never published from there: the validated content,
/// and only that, is copied to another key.
struct DirectUploads: Sendable {
    /// The dialect name under which the native API's uploads are stored.
    private static let dialect = Dialect.native
    /// The lifetime of an upload URL, in seconds.
    private static let lifetime = 3600.0
    /// The maximum of open uploads of one user.
    private static let allowance = UploadAllowance(files: 64, bytes: 8 << 30)

    let uploads: any PresignedUploadStore & MediaRepository
    let objects: any ObjectStore
    let inspector: StoredInspector
    let validator: DirectUploadValidator
    let policy: MediaPolicy
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let limits: RequestLimits
    /// Asks the chat server whether it accepts an upload; `nil` where it is not asked.
    let authorizer: UploadAuthorizer?

    /// Handles `POST /v1/uploads` `{contentType, size, name?}`.
    /// - Parameter sender: who uploads. No allowance applies where the chat server uploads for itself.
    /// - Throws: ``APIError`` `invalidField` when a field is not valid; why the chat server does not accept it; errors of the stores.
    func open(_ request: HTTPRequest, by sender: UploadSender) async throws -> HTTPResponse {
        let body = try await request.json()
        guard let size = body["size"]?.integerValue, (1...policy.maximumBytes).contains(size) else {
            throw APIError.invalid("size", "is a number of bytes from 1 to \(policy.maximumBytes)")
        }
        let name = body["name"].flatMap { $0.isNull ? nil : $0 }
        guard name == nil || (name?.stringValue?.utf8.count).map({ $0 <= 1024 }) == true else {
            throw APIError.invalid("name", "is a text of at most 1024 bytes")
        }
        guard let type = body["contentType"]?.stringValue, type.utf8.count <= 128,
            type.utf8.allSatisfy({ (32...126).contains($0) }), let essence = MediaType(type)?.essence,
            let declared = DeclaredFile(mimeType: essence, size: size)
        else { throw APIError.invalid("contentType", "is a media type that is accepted here") }
        try policy.validate(declared)
        var question = UploadQuestion(.direct, sender, path: request.path)
        (question.name, question.contentType, question.size) = (name?.stringValue, type, size)
        try await authorizer?.authorize(question)
        let now = keyGenerator.now()
        let upload = PresignedUpload(
            id: keyGenerator.ids.next(at: now).description, dialect: Self.dialect, owner: sender.user,
            key: keyGenerator.key("media", "upload"), mimeType: essence, fileSize: size,
            originalName: name?.stringValue,
            expires: now.addingTimeInterval(Self.lifetime), lifetime: .seconds(Self.lifetime))
        let saved: PresignedUpload
        if sender.isService {
            saved = try await uploads.save(upload, within: nil)
        } else {
            saved = try await limits.count(bytes: size, of: sender.user) {
                try await uploads.save(upload, within: Self.allowance)
            }
        }
        let url = try objects.presignedURL(
            try saved.objectKey, method: .put(contentType: type, length: size), expires: saved.expires)
        return .json(
            [
                "id": .string(saved.id), "method": "PUT", "url": .string(url),
                "headers": ["Content-Type": .string(type), "Content-Length": .string("\(size)")],
                "expiresAt": .string(Timestamp.milliseconds(saved.expires)),
            ], status: .created)
    }

    /// Validates and publishes an uploaded file, of the body `{upload: ID}`, and returns its medium.
    /// - Throws: ``APIError`` when the upload is unknown, has not been written or its content is not accepted; errors
    ///   of the stores.
    func accept(_ body: JSONValue) async throws -> MediaItem {
        guard let id = body["upload"]?.stringValue else {
            throw APIError.missing("upload", "the id that POST /v1/uploads gave")
        }
        guard let upload = try await uploads.presignedUpload(id, in: Self.dialect) else {
            // An earlier attempt at the same request has used it.
            if IdempotentRequest.current?.isResumed == true, let media = try await uploads.media(id),
                media.dialect == Self.dialect
            {
                return media
            }
            throw APIError(
                code: .notFound, message: "There is no such upload: its time is over, or it was used before")
        }
        let removal = try RequestedRemoval.parse(
            body[RequestedRemoval.field].flatMap { $0.isNull ? nil : $0.stringValue ?? "no text" })
        let accepted = policy.narrowed(by: try RequestedLimits.parse(body))
        let source = try upload.objectKey
        let validated = try await validate(upload, source, accepted, removal)
        let media = try await publisher.publish(validated, of: upload.owner) { record in
            let media = MediaItem(
                id: upload.id, dialect: Self.dialect, owner: upload.owner, record: record, createdAt: keyGenerator.now()
            )
            return try await uploads.save(media)
        }
        await discard(source)
        return media
    }

    /// Deletes the object that a client wrote. Its key is watched until its URL has expired: an object that is written there
    /// again, or whose deletion fails here, is deleted later.
    private func discard(_ source: ObjectKey) async { try? await objects.delete([source]) }

    private func validate(
        _ upload: PresignedUpload, _ source: ObjectKey, _ policy: MediaPolicy, _ removal: MetadataRemoval?
    ) async throws -> ValidatedUpload {
        guard let declared = DeclaredFile(mimeType: upload.mimeType, size: upload.fileSize, name: upload.originalName)
        else { throw APIError(code: .internalError, message: "The upload is of no type that is accepted") }
        do throws(MediaError) {
            return try await validator.validate(
                source, declared: declared, key: keyGenerator.key("media", "file"), policy: policy,
                removal: removal)
        } catch {
            switch error.code {
            case .storage where (error.cause as? ObjectStoreError)?.code == .notFound:
                throw APIError.invalid("upload", "is not there yet: PUT the file to its url first")
            case _ where error.code.isTransient: throw error
            case .mismatch:
                await discard(source)
                throw APIError(code: .mediaUnsupported, message: error.message, cause: error)
            default:
                await discard(source)
                throw error
            }
        }
    }

    /// Handles `POST /v1/inspections` `{key}`: returns the result of inspecting an object in the store, whatever its
    /// origin. Nothing is stored.
    /// - Throws: ``APIError`` `invalidField` when the key is not valid, `MediaError` when the object is not accepted.
    func inspect(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let key = try await request.json()["key"]?.stringValue.flatMap(ObjectKey.init(validating:)) else {
            throw APIError.invalid("key", "is the key of an object")
        }
        let found = try await inspector.inspect(key, policy: policy)
        return .json([
            "key": .string(key.rawValue), "kind": .string(found.kind.rawValue), "mimeType": .string(found.mimeType),
            "duration": JSONValue(found.duration),
            "dimensions": found.dimensions.map { ["width": .integer($0.width), "height": .integer($0.height)] }
                ?? .null,
            "waveform": found.waveform.map { .array($0.map { .number(Double($0)) }) } ?? .null,
            "hasThumbnail": .bool(found.thumbnail != nil), "thumbnailAbsence": JSONValue(found.thumbnailFailure),
            "streams": .array(
                found.streams.map { ["type": .string($0.type), "codec": .string($0.codec)] }),
        ])
    }
}

extension PresignedUpload {
    fileprivate var objectKey: ObjectKey {
        get throws {
            guard let key = ObjectKey(validating: key) else { throw ObjectStoreError(.invalidKey, "No key: \(key)") }
            return key
        }
    }
}
