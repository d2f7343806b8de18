import ChatBridge
import HTTPServer
import JSON
import MediaModel
import MediaWorker
import OpenAPI

/// Uploads of the native API end in media as `POST /v1/media` makes them. A medium has its upload's ID.
struct NativeResumableCall: ResumableCall {
    let media: any MediaRepository
    let nativePolicy: MediaPolicy
    let keyGenerator: ObjectKeyGenerator

    /// A medium in the form of the native API.
    let json: @Sendable (MediaItem) async throws -> JSONValue

    init(
        _ context: DialectContext, media: any MediaRepository,
        json: @escaping @Sendable (MediaItem) async throws -> JSONValue
    ) {
        self.json = json
        self.media = media
        nativePolicy = MediaPolicy(native: context.previews)
        keyGenerator = context.keyGenerator
    }

    var maximumBytes: Int { nativePolicy.maximumBytes }
    var resultField: String { "Darkroom-Media" }
    var description: ResumableDescription {
        ResumableDescription(
            of: "POST /v1/media",
            fields: [
                .query("kind", .oneOf(RequestedKind.names), "What kind of file it has to be; any may be a document."),
                .query(
                    RequestedRemoval.field, .oneOf(RequestedRemoval.names),
                    "Which metadata are removed from the file, in place of `DARKROOM_STRIP_METADATA`."),
            ] + RequestedLimits.parameters,
            made: ResponseContent(
                201, "The medium.", RouteDescription.mediumSchema, headers: ["Location": .string]))
    }

    func check(_ fields: ResumableFields, by caller: ChatCaller) throws {
        _ = try kind(fields)
        _ = try RequestedRemoval.parse(fields.values[RequestedRemoval.field])
        _ = try policy(fields)
    }

    func policy(_ fields: ResumableFields) throws -> MediaPolicy {
        nativePolicy.narrowed(by: try RequestedLimits.parse(fields.values))
    }

    func check(_ kind: MediaKind, _ fields: ResumableFields) throws { try self.kind(fields)?.check(kind) }

    func newID(for upload: String) -> String { upload }

    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool { try await media.media(id) != nil }

    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws {
        try await file.publish(
            as: keyGenerator.key("media", "file"), policy: try policy(file.fields),
            removal: try RequestedRemoval.parse(file.fields.values[RequestedRemoval.field]),
            check: { try check($0.kind, file.fields) },
            show: { record, _ in
                try await media.save(
                    MediaItem(id: id, owner: caller.id, record: record, createdAt: keyGenerator.now()))
            })
    }

    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse {
        guard let medium = try await media.media(id) else { throw APIError.notFound }
        return .json(try await json(medium), status: .created, headers: ["Location": "/v1/media/\(id)"])
    }

    private func kind(_ fields: ResumableFields) throws -> RequestedKind? {
        try fields.values["kind"].flatMap { $0.isEmpty ? nil : $0 }.map(RequestedKind.init)
    }
}
