import ChatBridge
import Foundation
import HTTPServer
import JSON
import Logging
import MediaModel
import MediaWorker

/// The native API for a chat server: media without a message. Takes service tokens alone.
struct NativeMediaRoutes: Sendable {
    let catalogue: any MediaRepository
    let authenticator: Authenticator
    let uploads: UploadReceiver
    let landing: MediaPublisher
    let naming: ObjectKeyGenerator
    let previews: PreviewSettings
    /// Makes the URL of an object from its key.
    let urls: @Sendable (String) async throws -> String
    let logger: Logger

    /// Files that go straight to the store.
    let straight: DirectUploads

    init(_ parts: DialectContext, media: any MediaRepository & PresignedUploadStore, inspector: StoredInspector) {
        catalogue = media
        straight = DirectUploads(
            tickets: media, objects: parts.objects, inspector: inspector, intake: parts.stored,
            policy: Self.policy(parts.previews), landing: parts.landing, naming: parts.naming)
        authenticator = parts.authenticator
        uploads = parts.uploads
        landing = parts.landing
        naming = parts.naming
        previews = parts.previews
        urls = parts.urls
        logger = parts.logger
    }

    func mount(on router: inout Router) {
        router.onService(.post, "/v1/media", self.authenticator, logger) { request, _, caller in
            // A form brings the file; JSON names one that went straight to the store.
            let isNamed = request.mediaType == "application/json"
            let media = try await isNamed ? straight.take(request) : upload(request, owner(request, caller))
            return .json(
                try await json(media), status: .created, headers: ["Location": "/v1/media/\(media.id)"])
        }
        router.onService(.post, "/v1/uploads", self.authenticator, logger) { request, _, caller in
            try await straight.open(
                request, owner: owner(request, caller), isService: request.headers["X-On-Behalf-Of"] == nil)
        }
        router.onService(.post, "/v1/inspections", self.authenticator, logger) { request, _, _ in
            try await straight.inspect(request)
        }
        router.onService(.get, "/v1/media/:id", self.authenticator, logger) { _, path, _ in
            .json(try await json(try await media(path)))
        }
        router.onService(.delete, "/v1/media/:id", self.authenticator, logger) { _, path, _ in
            guard try await catalogue.deleteMedia(path["id"] ?? "", everywhere: false) != nil else {
                throw APIError.notFound
            }
            landing.wakeOrphanDeleter.wake()
            return HTTPResponse(status: .noContent)
        }
    }

    /// The user for whom a file is uploaded.
    private func owner(_ request: HTTPRequest, _ caller: Caller) throws -> String {
        let owner = request.headers["X-On-Behalf-Of"] ?? caller.user.id
        guard ChatIdentifier.isValid(owner) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
        return owner
    }

    private func upload(_ request: HTTPRequest, _ owner: String) async throws -> MediaItem {
        let form = try await uploads.receive(
            request,
            UploadFormSpecification(fileField: "file", policy: Self.policy(previews), key: naming.key("media", "file"))
            { name, text in
                if name == "kind" { _ = try RequestedKind(text) }
            })
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        do {
            try form.fields["kind"].map(RequestedKind.init)?.check(file.inspection.kind)
        } catch {
            await file.abort()
            throw error
        }
        return try await landing.land(file) { record in
            let now = naming.now()
            let media = MediaItem(
                id: naming.ids.next(at: now).description, owner: owner, record: record, createdAt: now)
            try await catalogue.save(media)
            return media
        }
    }

    private static func policy(_ previews: PreviewSettings) -> MediaPolicy {
        MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases),
            thumbnail: previews.thumbnail, waveform: previews.waveform)
    }

    private func media(_ path: PathParameters) async throws -> MediaItem {
        guard let media = try await catalogue.media(path["id"] ?? "") else { throw APIError.notFound }
        return media
    }

    private func json(_ media: MediaItem) async throws -> JSONValue {
        let record = media.record
        var members: JSONObject = [
            "id": .string(media.id), "owner": .string(media.owner), "kind": .string(record.kind.rawValue),
            "url": .string(try await urls(record.key)), "mimeType": .string(record.mimeType),
            "fileSize": .integer(record.fileSize), "sha256": JSONValue(record.sha256),
            "duration": JSONValue(record.duration), "originalName": JSONValue(record.originalName),
            "waveform": record.waveform.map { .array($0.map { .number(Double($0)) }) } ?? .null,
            "waveforms": record.waveform.map {
                WaveformEncodings(peaks: $0, duration: record.duration ?? 0).json
            } ?? .null,
            "blurHash": JSONValue(record.blurHash),
            "dimensions": record.dimensions.map {
                ["width": .integer($0.width), "height": .integer($0.height)]
            } ?? .null,
            "createdAt": .string(Timestamp.milliseconds(media.createdAt)),
        ]
        if let thumbnail = record.thumbnailKey {
            members["thumbnail"] = .string(try await urls(thumbnail))
        } else {
            members["thumbnail"] = .null
            members["thumbnailAbsence"] = JSONValue(record.thumbnailFailure)
        }
        return .object(members)
    }
}

/// What a chat server says it uploads.
private struct RequestedKind {
    private let name: String

    init(_ name: String) throws(APIError) {
        guard ["video", "voice", "audio", "image", "document"].contains(name) else {
            throw .invalid("kind", "is video, voice, audio, image or document")
        }
        self.name = name
    }

    /// Throws unless the file is of the kind that was asked for. Anything may be sent as a document.
    func check(_ kind: MediaKind) throws(APIError) {
        let expected = name == "voice" ? "audio" : name
        guard expected == kind.rawValue || expected == "document" else {
            throw APIError(code: .mediaUnsupported, message: "The file is of the kind \(kind.rawValue), not \(name)")
        }
    }
}
