import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import Logging
import MediaModel
import MediaWorker
import ObjectStore

/// Files that a chat server has its clients send straight to the store: an address to put each at, and what becomes of it.
///
/// Whoever has the address may write there until its time is over. So nothing is shown from there: what was judged, and
/// only that very content, is copied to a key of its own.
struct DirectUploads: Sendable {
    /// Where the native API's uploads are noted.
    private static let dialect = Dialect(rawValue: "native")
    /// How long an address works, in seconds.
    private static let lifetime = 3600.0
    /// How much one user may have allowed at once.
    private static let allowance = UploadAllowance(files: 64, bytes: 8 << 30)

    let tickets: any PresignedUploadStore & MediaRepository
    let objects: any ObjectStore
    let inspector: StoredInspector
    let intake: DirectUploadValidator
    let policy: MediaPolicy
    let landing: MediaPublisher
    let naming: ObjectKeyGenerator

    /// Answers `POST /v1/uploads` `{contentType, size, name?}`.
    /// - Parameter isService: whether the chat server uploads for itself and not for a user.
    func open(_ request: HTTPRequest, owner: String, isService: Bool) async throws -> HTTPResponse {
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
            DeclaredFile(mimeType: essence, size: size) != nil
        else { throw APIError.invalid("contentType", "is a media type that is taken here") }
        let now = naming.now()
        let ticket = PresignedUpload(
            id: naming.ids.next(at: now).description, dialect: Self.dialect, owner: owner,
            key: naming.key("media", "upload"), mimeType: essence, fileSize: size, originalName: name?.stringValue,
            expires: now.addingTimeInterval(Self.lifetime), lifetime: .seconds(Self.lifetime))
        let url = try objects.presignedURL(
            try ticket.objectKey, method: .put(contentType: type, length: size), expires: ticket.expires)
        try await tickets.save(ticket, within: isService ? nil : Self.allowance)
        return .json(
            [
                "id": .string(ticket.id), "method": "PUT", "url": .string(url),
                "headers": ["Content-Type": .string(type), "Content-Length": .string("\(size)")],
                "expiresAt": .string(Timestamp.milliseconds(ticket.expires)),
            ], status: .created)
    }

    /// The medium that an upload becomes: `{upload: ID}`.
    func take(_ request: HTTPRequest) async throws -> MediaItem {
        guard let id = try await request.json()["upload"]?.stringValue else {
            throw APIError.missing("upload", "the id that POST /v1/uploads gave")
        }
        guard let ticket = try await tickets.presignedUpload(id, in: Self.dialect) else {
            throw APIError(
                code: .notFound, message: "There is no such upload: its time is over, or it was taken before")
        }
        let source = try ticket.objectKey
        let judged = try await judge(ticket, source)
        let media = try await landing.land(judged) { record in
            let media = MediaItem(
                id: ticket.id, dialect: Self.dialect, owner: ticket.owner, record: record, createdAt: naming.now())
            try await tickets.save(media)
            return media
        }
        // Its place stays reserved: if it is written again, or this fails, it is swept later.
        try? await objects.delete([source])
        return media
    }

    private func judge(_ ticket: PresignedUpload, _ source: ObjectKey) async throws -> ValidatedUpload {
        guard let declared = DeclaredFile(mimeType: ticket.mimeType, size: ticket.fileSize, name: ticket.originalName)
        else { throw APIError(code: .internalError, message: "The upload is of no type that is taken") }
        do throws(MediaError) {
            return try await intake.validate(
                source, declared: declared, key: naming.key("media", "file"), policy: policy)
        } catch {
            switch error.code {
            case .busy, .internal: throw error
            case .storage:
                guard (error.cause as? ObjectStoreError)?.code == .notFound else { throw error }
                throw APIError.invalid("upload", "is not there yet: PUT the file to its url first")
            case .mismatch:
                try? await objects.delete([source])
                throw APIError(code: .mediaUnsupported, message: error.message, cause: error)
            default:
                try? await objects.delete([source])
                throw error
            }
        }
    }

    /// Answers `POST /v1/inspections` `{key}`: what the pipeline makes of an object that is in the store, however it came
    /// there. Nothing is kept of it.
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
