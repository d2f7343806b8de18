import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaModel
import MediaWorker

/// Resumable uploads by the protocol tus 1.0.0 (https://tus.io/protocols/resumable-upload): its core and the extensions ``extensions``. They end
/// in what the ordinary upload call of their API makes.
struct TusRoutes: Sendable {
    static let version = "1.0.0"
    /// Where uploads of the native API are.
    static let path = "/v1/tus"
    /// Where uploads of a chat system are, below its prefix.
    static let dialectPath = "/tus"
    static let extensions = [
        "creation", "creation-with-upload", "creation-defer-length", "termination", "checksum", "expiration",
        "concatenation",
    ]

    let uploads: ResumableUploads
    /// Where the uploads are, as clients reach them.
    let url: String
    /// The path of that URL.
    let path: String

    /// - Parameters:
    ///   - dialect: the chat system whose uploads they are; `nil` for those of the native API.
    ///   - path: where the uploads are.
    ///   - active: shared by all routes to the same uploads.
    init(
        _ context: DialectContext, store: any ResumableUploadStore, settings: ResumableSettings,
        call: any ResumableCall,
        dialect: Dialect? = nil, path: String = Self.path, active: ActiveUploads = ActiveUploads()
    ) {
        let files = UploadFiles(objects: context.objects)
        uploads = ResumableUploads(
            dialect: dialect ?? ResumableUploads.native, call: call, store: store, files: files,
            finisher: UploadFinisher(
                store: store, files: files, call: call, validator: context.stored, publisher: context.publisher,
                keyGenerator: context.keyGenerator, logger: context.logger),
            settings: settings, keyGenerator: context.keyGenerator, authorizer: context.authorizer,
            active: active, memory: context.uploads.pipeline.partMemory)
        url = context.publicURL + path
        self.path = path
    }

    /// The version, the extensions and the limits of the protocol that are supported (core protocol, OPTIONS).
    func options() -> HTTPResponse {
        HTTPResponse(
            status: .noContent,
            headers: [
                "Tus-Resumable": Self.version, "Tus-Version": Self.version,
                "Tus-Extension": Self.extensions.joined(separator: ","),
                "Tus-Max-Size": "\(uploads.maximumBytes)",
                "Tus-Checksum-Algorithm": UploadChecksum.algorithms.keys.sorted().joined(separator: ","),
            ])
    }

    func create(_ tus: TusRequest, _ client: Client) async throws -> HTTPResponse {
        let hasBytes = try tus.checkBody(isOptional: true)
        let concatenation = try tus.concatenation
        let request = tus.request
        var new = ResumableUploads.Request(
            way: .tus, path: request.path, caller: client.owner, isService: client.user == nil,
            metadata: try tus.metadata, sha256: try tus.sha256)
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
        // An earlier attempt at the same request may have received bytes, or all of them.
        if hasBytes, upload.content.offset == 0, upload.content.state == .open {
            upload = try await uploads.append(
                ResumableUploads.Chunk(
                    offset: 0, checksum: checksum, isCompared: try request.isCompared, body: request.body),
                to: upload.id, by: client.owner)
        } else if new.sources != nil {
            upload = try await uploads.settled(upload.id, by: client.owner)
        }
        var headers = fields(of: upload)
        headers["Location"] = "\(url)/\(upload.id)"
        if hasBytes || new.sources != nil { headers["Upload-Offset"] = "\(upload.content.offset)" }
        return HTTPResponse(status: .created, headers: headers)
    }

    func status(_ id: String, _ client: Client) async throws -> HTTPResponse {
        let upload = try await uploads.settled(id, by: client.user)
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
            headers["Upload-Concat"] = "final;" + sources.map { "\(path)/\($0)" }.joined(separator: " ")
        }
        return HTTPResponse(headers: headers)
    }

    func append(_ tus: TusRequest, to id: String, _ client: Client) async throws -> HTTPResponse {
        _ = try tus.checkBody(isOptional: false)
        let chunk = ResumableUploads.Chunk(
            offset: try tus.offset, length: try tus.length, checksum: try tus.checksum,
            isCompared: try tus.request.isCompared, body: tus.request.body)
        let upload = try await uploads.append(chunk, to: id, by: client.user)
        var headers = fields(of: upload)
        headers["Upload-Offset"] = "\(upload.content.offset)"
        return HTTPResponse(status: .noContent, headers: headers)
    }

    func cancel(_ id: String, _ client: Client) async throws -> HTTPResponse {
        try await uploads.cancel(id, by: client.user)
        return HTTPResponse(status: .noContent)
    }

    /// How far an upload is, as JSON, or in a chat system what the ordinary call answers once all bytes are there.
    func read(_ id: String, _ client: Client) async throws -> HTTPResponse {
        let upload = try await uploads.upload(id, for: client.user)
        guard uploads.dialect != ResumableUploads.native, let user = client.user else { return .json(json(upload)) }
        guard case .published(let result) = upload.content.state else {
            return .json(json(upload), status: .accepted, headers: ["Cache-Control": "no-store"])
        }
        var response = try await uploads.call.answer(result, for: user)
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    /// The fields of every response about an upload: until when it can be continued, or the medium that it has become.
    private func fields(of upload: ResumableUpload) -> HTTPFields {
        var headers: HTTPFields = [:]
        if case .published(let result) = upload.content.state {
            headers[uploads.call.resultField] = result
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
