import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaModel

/// Resumable uploads of the native API, by the protocol tus 1.0.0 (https://tus.io/protocols/resumable-upload): its core and the
/// extensions ``extensions``. They require a service token and end in the same media as `POST /v1/media`.
struct TusRoutes: Sendable {
    static let version = "1.0.0"
    static let path = "/v1/tus"
    static let extensions = [
        "creation", "creation-with-upload", "creation-defer-length", "termination", "checksum", "expiration",
        "concatenation",
    ]

    private let uploads: ResumableUploads
    private let authenticator: Authenticator
    private let publicURL: String

    init(_ context: DialectContext, store: any ResumableUploadStore & MediaRepository, settings: ResumableSettings) {
        let (files, policy) = (
            UploadFiles(objects: context.objects), MediaPolicy(native: context.previews)
        )
        uploads = ResumableUploads(
            store: store, files: files,
            finisher: UploadFinisher(
                store: store, files: files, validator: context.stored, policy: policy, publisher: context.publisher,
                keyGenerator: context.keyGenerator, logger: context.logger),
            policy: policy, settings: settings, keyGenerator: context.keyGenerator)
        authenticator = context.authenticator
        publicURL = context.publicURL
    }

    func mount(on routes: inout Routes) {
        for path in [Self.path, Self.path + "/:id"] {
            routes.on(.options, path, Self.description(.options, path), errors: TusErrors()) { _, _ in options() }
        }
        on(.post, Self.path, &routes) { try await create($0, $2) }
        on(.get, Self.path + "/:id", &routes, isTus: false) { request, id, caller in
            .json(json(try await uploads.upload(id, owner: try owner(request, caller))))
        }
        for method in [HTTPMethod.head, .patch, .delete, .post] {
            on(method, Self.path + "/:id", &routes) { request, id, caller in
                switch try TusRequest(request).method {
                case .head: try await status(request, id, caller)
                case .patch: try await append(request, id, caller)
                case .delete: try await cancel(request, id, caller)
                default:
                    throw APIError.methodNotAllowed(request.method, allowed: [.head, .patch, .delete, .get, .options])
                }
            }
        }
    }

    private func on(
        _ method: HTTPMethod, _ path: String, _ routes: inout Routes, isTus: Bool = true,
        _ handler: @escaping @Sendable (HTTPRequest, String, Caller) async throws -> HTTPResponse
    ) {
        routes.onService(method, path, authenticator, Self.description(method, path), errors: TusErrors()) {
            request, path, caller in
            if isTus { _ = try TusRequest(request) }
            var response = try await handler(request, path["id"] ?? "", caller)
            response.headers["Tus-Resumable"] = Self.version
            return response
        }
    }

    /// The version, the extensions and the limits of the protocol that are supported (core protocol, OPTIONS).
    private func options() -> HTTPResponse {
        HTTPResponse(
            status: .noContent,
            headers: [
                "Tus-Resumable": Self.version, "Tus-Version": Self.version,
                "Tus-Extension": Self.extensions.joined(separator: ","),
                "Tus-Max-Size": "\(uploads.policy.maximumBytes)",
                "Tus-Checksum-Algorithm": UploadChecksum.algorithms.keys.sorted().joined(separator: ","),
            ])
    }

    private func create(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let tus = try TusRequest(request)
        let hasBytes = try tus.checkBody(isOptional: true)
        let concatenation = try tus.concatenation
        var new = ResumableUploads.Request(
            owner: request.headers["X-On-Behalf-Of"] ?? caller.user.id,
            isService: request.headers["X-On-Behalf-Of"] == nil, metadata: try tus.metadata)
        guard ChatIdentifier.isValid(new.owner) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
        let checksum = try tus.checksum
        switch concatenation {
        case .final(let sources):
            guard request.headers["Upload-Length"] == nil, request.headers["Upload-Defer-Length"] == nil, !hasBytes
            else { throw APIError.invalid("Upload-Concat", "has no length and no bytes of its own") }
            new.sources = sources
        case .partial, .none:
            new.length = try tus.newLength
            new.isPartial = concatenation == .partial
        }
        if let length = new.length, let declared = request.body.declaredLength, declared > length {
            throw APIError.tooLong(length)
        }
        var upload = try await uploads.create(new)
        if hasBytes {
            upload = try await uploads.append(
                ResumableUploads.Chunk(offset: 0, checksum: checksum, body: request.body), to: upload.id,
                owner: upload.owner)
        } else if new.sources != nil {
            upload = try await uploads.settled(upload.id, owner: upload.owner)
        }
        var headers = fields(of: upload)
        headers["Location"] = "\(publicURL)\(Self.path)/\(upload.id)"
        if hasBytes || new.sources != nil { headers["Upload-Offset"] = "\(upload.content.offset)" }
        return HTTPResponse(status: .created, headers: headers)
    }

    private func status(_ request: HTTPRequest, _ id: String, _ caller: Caller) async throws -> HTTPResponse {
        let upload = try await uploads.settled(id, owner: try owner(request, caller))
        let content = upload.content
        var headers = fields(of: upload)
        headers["Cache-Control"] = "no-store"
        headers["Upload-Offset"] = "\(content.offset)"
        if let length = content.length {
            headers["Upload-Length"] = "\(length)"
        } else {
            headers["Upload-Defer-Length"] = "1"
        }
        if let metadata = content.metadata { headers["Upload-Metadata"] = metadata }
        if content.isPartial { headers["Upload-Concat"] = "partial" }
        if let sources = content.sources {
            headers["Upload-Concat"] = "final;" + sources.map { "\(Self.path)/\($0)" }.joined(separator: " ")
        }
        return HTTPResponse(headers: headers)
    }

    private func append(_ request: HTTPRequest, _ id: String, _ caller: Caller) async throws -> HTTPResponse {
        let tus = try TusRequest(request)
        _ = try tus.checkBody(isOptional: false)
        let chunk = ResumableUploads.Chunk(
            offset: try tus.offset, length: try tus.length, checksum: try tus.checksum, body: request.body)
        let upload = try await uploads.append(chunk, to: id, owner: try owner(request, caller))
        var headers = fields(of: upload)
        headers["Upload-Offset"] = "\(upload.content.offset)"
        return HTTPResponse(status: .noContent, headers: headers)
    }

    private func cancel(_ request: HTTPRequest, _ id: String, _ caller: Caller) async throws -> HTTPResponse {
        try await uploads.cancel(id, owner: try owner(request, caller))
        return HTTPResponse(status: .noContent)
    }

    /// The user for whom the chat server asks; `nil` where it asks for itself.
    private func owner(_ request: HTTPRequest, _ caller: Caller) throws(APIError) -> String? {
        guard let owner = request.headers["X-On-Behalf-Of"] else { return nil }
        guard ChatIdentifier.isValid(owner) else { throw .invalid("X-On-Behalf-Of", "is no user's id") }
        return owner
    }

    /// The fields of every response about an upload: until when it can be continued, or the medium that it has become.
    private func fields(of upload: ResumableUpload) -> HTTPFields {
        var headers: HTTPFields = [:]
        if case .published(let media) = upload.content.state {
            headers["Darkroom-Media"] = media
        } else {
            headers["Upload-Expires"] = HTTPDate.format(Int(upload.expires.timeIntervalSince1970))
        }
        return headers
    }

    private func json(_ upload: ResumableUpload) -> JSONValue {
        var media: String?
        if case .published(let id) = upload.content.state { media = id }
        return [
            "id": .string(upload.id), "owner": .string(upload.owner), "offset": .integer(upload.content.offset),
            "length": JSONValue(upload.content.length), "media": JSONValue(media),
            "createdAt": .string(Timestamp.milliseconds(upload.createdAt)),
            "expiresAt": .string(Timestamp.milliseconds(upload.expires)),
        ]
    }
}
