import ChatBridge
import Foundation
import HTTPServer
import JSON
import Jobs
import MediaModel
import MediaWorker

/// The native API for media that do not belong to a message. It requires a service token.
struct NativeMediaRoutes: Sendable {
    let catalogue: any MediaRepository
    let authenticator: Authenticator
    let uploads: UploadReceiver
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let previews: PreviewSettings
    /// Makes the URL of an object from its key.
    let urls: @Sendable (String) async throws -> String

    /// Direct uploads.
    let directUploads: DirectUploads
    /// Objects that were written by others.
    let imports: MediaImports

    init(
        _ context: DialectContext, media: any MediaRepository & PresignedUploadStore & ObjectReferences,
        inspector: StoredInspector
    ) {
        catalogue = media
        let accepted = MediaPolicy(native: context.previews).narrowed(by: context.stored.limits)
        directUploads = DirectUploads(
            uploads: media, objects: context.objects, inspector: inspector, validator: context.stored,
            policy: accepted, publisher: context.publisher, keyGenerator: context.keyGenerator,
            limits: context.limits, authorizer: context.authorizer)
        imports = MediaImports(
            importer: MediaImporter(
                chat: media, objects: context.objects, inspector: inspector,
                policy: accepted, ids: context.keyGenerator.ids, now: context.now, logger: context.logger),
            authorizer: context.authorizer)
        authenticator = context.authenticator
        uploads = context.uploads
        publisher = context.publisher
        keyGenerator = context.keyGenerator
        previews = context.previews
        urls = context.urls
    }

    func mount(on routes: inout Routes) {
        routes.onService(.post, "/v1/media", authenticator, .addMedium) { request, _, caller in
            let sender = try sender(request, caller)
            // The representation is what the body is (RFC 9110 section 8.1).
            let request = try request.comparingBody(with: .representation)
            let (media, isNew) = try await recording(sender.user) { try await add(request, sender) }
            return .json(
                try await json(media), status: isNew ? .created : .ok, headers: ["Location": "/v1/media/\(media.id)"])
        }
        routes.onService(.post, "/v1/uploads", authenticator, .openUpload) { request, _, caller in
            try await directUploads.open(request, by: try sender(request, caller))
        }
        routes.onService(.post, "/v1/inspections", authenticator, .inspect) { request, _, _ in
            try await directUploads.inspect(request)
        }
        routes.onService(.get, "/v1/media", authenticator, .media) { request, _, _ in try await list(request) }
        routes.onService(.get, "/v1/media/:id", authenticator, .medium) { _, path, _ in
            .json(try await json(try await media(path)))
        }
        routes.onService(.delete, "/v1/media/:id", authenticator, .deleteMedium) { _, path, _ in
            guard try await catalogue.deleteMedia(path["id"] ?? "", everywhere: false) != nil else {
                throw APIError.notFound
            }
            publisher.wakeOrphanDeleter.wake()
            return HTTPResponse(status: .noContent)
        }
    }

    /// Performs `body`, and records the file that it rejects.
    private func recording<Result>(_ owner: String, _ body: () async throws -> Result) async throws -> Result {
        guard let rejections = uploads.rejections else { return try await body() }
        return try await rejections.recording(RejectedMedia.Source(dialect: nil, user: owner), body)
    }

    /// The user for whom a file is uploaded, or the service itself.
    /// - Throws: ``APIError`` `invalidField` when `X-On-Behalf-Of` is not a user ID.
    private func sender(_ request: HTTPRequest, _ caller: Caller) throws -> UploadSender {
        let user = request.headers["X-On-Behalf-Of"]
        let owner = user ?? caller.user.id
        guard ChatIdentifier.isValid(owner) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
        return UploadSender(nil, owner, isService: user == nil)
    }

    /// A form contains the file; JSON names a direct upload, or an object that was written by others.
    private func add(_ request: HTTPRequest, _ sender: UploadSender) async throws -> (media: MediaItem, isNew: Bool) {
        guard request.mediaType == "application/json" else { return (try await upload(request, sender), true) }
        let body = try await request.json()
        guard body["key"] != nil else { return (try await directUploads.accept(body), true) }
        return try await imports.register(body, by: sender, path: request.path)
    }

    private func upload(_ request: HTTPRequest, _ sender: UploadSender) async throws -> MediaItem {
        var specification = UploadFormSpecification(
            fileField: "file", policy: MediaPolicy(native: previews), sender: { sender },
            key: keyGenerator.key("media", "file")
        ) { name, text in
            if name == "kind" { _ = try RequestedKind(text) }
            if name == RequestedRemoval.field { _ = try RequestedRemoval.parse(text) }
            if RequestedLimits.fields.contains(name) { _ = try RequestedLimits.parse([name: text]) }
        }
        specification.removalField = RequestedRemoval.field
        specification.limitFields = RequestedLimits.fields
        specification.limits = { try RequestedLimits.parse($0) }
        let form = try await uploads.receive(request, specification)
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        do {
            try form.fields["kind"].map(RequestedKind.init)?.check(file.inspection.kind)
        } catch {
            await file.abort()
            throw error
        }
        return try await publisher.publish(file, of: sender.user) { record in
            let now = keyGenerator.now()
            let media = MediaItem(
                id: keyGenerator.ids.next(at: now).description, owner: sender.user, record: record, createdAt: now)
            return try await catalogue.save(media)
        }
    }

    private func media(_ path: PathParameters) async throws -> MediaItem {
        guard let media = try await catalogue.media(path["id"] ?? "") else { throw APIError.notFound }
        return media
    }

    /// A medium in the form of the native API.
    /// - Throws: errors of the object store, which signs the URLs.
    func json(_ media: MediaItem) async throws -> JSONValue {
        let record = media.record
        var members: JSONObject = [
            "id": .string(media.id), "owner": .string(media.owner), "kind": .string(record.kind.rawValue),
            "url": .string(try await urls(record.key)), "mimeType": .string(record.mimeType),
            "fileSize": .integer(record.fileSize), "sha256": JSONValue(record.sha256),
            "sourceSha256": JSONValue(record.sourceSha256), "duration": JSONValue(record.duration),
            "originalName": JSONValue(record.originalName),
            "waveform": record.waveform.map { .array($0.map { .number(Double($0)) }) } ?? .null,
            "waveforms": record.waveform.map {
                WaveformEncodings(peaks: $0, duration: record.duration ?? 0).json
            } ?? .null,
            "blurHash": JSONValue(record.blurHash),
            "dimensions": record.dimensions.map {
                ["width": .integer($0.width), "height": .integer($0.height)]
            } ?? .null,
            "metadataRemoved": JSONValue(record.metadataRemoved?.rawValue),
            "createdAt": .string(Timestamp.milliseconds(media.createdAt)),
        ]
        var renditions: [JSONValue] = []
        for rendition in record.renditions ?? [] { renditions.append(try await rendition.json(of: record, urls: urls)) }
        members["renditions"] = .array(renditions)
        if let thumbnail = record.thumbnailKey {
            members["thumbnail"] = .string(try await urls(thumbnail))
        } else {
            members["thumbnail"] = .null
            members["thumbnailAbsence"] = JSONValue(record.thumbnailFailure)
        }
        return .object(members)
    }
}

/// The kind of file that a chat server declares.
struct RequestedKind {
    static let names = ["video", "voice", "audio", "image", "document"]

    private let name: String

    init(_ name: String) throws(APIError) {
        guard Self.names.contains(name) else {
            throw .invalid("kind", "is video, voice, audio, image or document")
        }
        self.name = name
    }

    /// Checks that the file is of the declared kind. Any file may be sent as a document.
    /// - Throws: ``APIError`` `mediaUnsupported` when it is of another kind.
    func check(_ kind: MediaKind) throws(APIError) {
        let expected = name == "voice" ? "audio" : name
        guard expected == kind.rawValue || expected == "document" else {
            throw APIError(code: .mediaUnsupported, message: "The file is of the kind \(kind.rawValue), not \(name)")
        }
    }
}
