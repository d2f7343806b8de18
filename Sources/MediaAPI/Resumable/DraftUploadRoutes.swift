import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaModel

/// Resumable uploads by the IETF's draft (draft-ietf-httpbis-resumable-upload, interop version 8), beside ``TusRoutes`` and with the same uploads. The
/// response to the request that completes an upload is that of the ordinary call of its API.
struct DraftUploadRoutes: Sendable {
    /// Where uploads of the native API are.
    static let path = "/v1/resumable"
    /// Where uploads of a chat system are, below its prefix.
    static let dialectPath = "/resumable"
    /// What the types of problems begin with (section 7).
    static let problemTypes = "https://iana.org/assignments/http-problem-types#"

    let uploads: ResumableUploads
    /// Where the uploads are, as clients reach them.
    let url: String

    /// - Parameters:
    ///   - tus: the routes of tus for the same uploads.
    ///   - url: where the uploads are, as clients reach them.
    init(_ tus: TusRoutes, url: String) {
        uploads = tus.uploads
        self.url = url
    }

    /// Adds the routes of the native API, which require a service token.
    /// - Parameter rejections: records files that are rejected.
    func mount(on routes: inout Routes, authenticator: Authenticator, rejections: RejectedMedia) {
        for path in [Self.path, Self.path + "/:id"] {
            routes.on(.options, path, description(.options, path)) { _, _ in options() }
        }
        for route in Self.routes {
            let path = Self.path + route.suffix
            routes.onService(route.method, path, authenticator, description(route.method, path)) {
                request, path, caller in
                let client = try TusRoutes.Client(request, service: caller.user)
                return try await rejections.recording(.init(dialect: nil, user: client.owner.id)) {
                    try await respond(to: request, path["id"], client)
                }
            }
        }
    }

    /// Adds the routes of a chat system, which require a user's token.
    func mount(on routes: inout DialectRoutes) {
        for path in [Self.dialectPath, Self.dialectPath + "/:id"] {
            routes.authorizing(.options, path, description(.options, path)) { _, _ in options() }
        }
        for route in Self.routes {
            let path = Self.dialectPath + route.suffix
            routes.on(route.method, path, description(route.method, path)) { request, path, caller in
                try await respond(to: request, path["id"], TusRoutes.Client(user: caller, owner: caller))
            }
        }
        routes.sendErrors(under: Self.dialectPath)
    }

    private static let routes: [(method: HTTPMethod, suffix: String)] = [
        (.post, ""), (.head, "/:id"), (.patch, "/:id"), (.delete, "/:id"),
    ]

    /// What is supported, and the limits (section 4.1.4).
    private func options() -> HTTPResponse {
        HTTPResponse(
            status: .noContent,
            headers: [
                "Accept-Patch": DraftUploadRequest.contentType,
                "Upload-Limit": "max-size=\(uploads.maximumBytes)",
            ])
    }

    private func respond(
        to request: HTTPRequest, _ id: String?, _ client: TusRoutes.Client
    ) async throws -> HTTPResponse {
        let draft = DraftUploadRequest(request: request)
        guard let id else { return try await create(draft, client) }
        switch request.method {
        case .head: return try await status(id, client)
        case .patch: return try await append(draft, to: id, client)
        default:
            try await uploads.cancel(id, by: client.user)
            return HTTPResponse(status: .noContent)
        }
    }

    private func create(_ draft: DraftUploadRequest, _ client: TusRoutes.Client) async throws -> HTTPResponse {
        guard let isComplete = draft.isComplete else { throw APIError.missing("Upload-Complete", "?1 or ?0") }
        let upload = try await uploads.create(
            ResumableUploads.Request(
                way: .resumable, path: draft.request.path, caller: client.owner, isService: client.user == nil,
                announcedLength: try draft.length(from: 0), metadata: try draft.metadata(),
                sha256: try DigestField.representation.sha256(of: draft.request.headers)))
        var fields: HTTPFields = ["Location": "\(url)/\(upload.id)", "Upload-Limit": try limits(of: upload)]
        // An earlier attempt at the same request may have received bytes, or all of them.
        if case .published(let result) = upload.content.state { return try await answer(result, client) }
        fields["Upload-Complete"] = "?0"
        guard upload.content.offset == 0 else {
            fields["Upload-Offset"] = "\(upload.content.offset)"
            return HTTPResponse(status: .created, headers: fields)
        }
        var interim = fields
        interim["Upload-Complete"] = nil
        sendInterim(draft, interim)
        if draft.request.body.declaredLength != 0 || isComplete {
            do {
                if let response = try await append(draft, upload, isComplete, client) { return response }
            } catch {
                await forgetUnlessKnown(upload, draft, client)
                throw error
            }
        }
        return HTTPResponse(status: .created, headers: fields)
    }

    /// Ends an upload whose URL its client does not know: it understands no interim response, and cannot ask again by a key.
    private func forgetUnlessKnown(
        _ upload: ResumableUpload, _ draft: DraftUploadRequest, _ client: TusRoutes.Client
    ) async {
        guard !draft.understandsInterim, !draft.request.headers.contains(IdempotencyKey.field) else { return }
        // Also where the client has gone. Where this fails, or the upload has ended, it is deleted when it expires.
        await Task { try? await uploads.cancel(upload.id, by: client.user) }.value
    }

    /// The response to the request that completes an upload: that of the ordinary call.
    private func answer(_ result: String, _ client: TusRoutes.Client) async throws -> HTTPResponse {
        var response = try await uploads.call.answer(result, for: client.owner)
        response.headers[uploads.call.resultField] = result
        response.headers["Upload-Complete"] = "?1"
        return response
    }

    private func append(
        _ draft: DraftUploadRequest, to id: String, _ client: TusRoutes.Client
    ) async throws -> HTTPResponse {
        try draft.checkBody()
        guard let isComplete = draft.isComplete else { throw APIError.missing("Upload-Complete", "?1 or ?0") }
        guard let offset = draft.offset else { throw APIError.missing("Upload-Offset", "a number of bytes") }
        let upload = try await uploads.upload(id, for: client.user)
        guard upload.content.state == .open else {
            throw draft.request.body.declaredLength == 0 ? APIError.completedUpload : .inconsistentLength
        }
        _ = try draft.length(from: offset)
        if let response = try await append(draft, upload, isComplete, client) { return response }
        return HTTPResponse(status: .noContent, headers: ["Upload-Complete": "?0"])
    }

    /// Appends the body. Returns the response to an upload that is complete then; `nil` where it is not.
    private func append(
        _ draft: DraftUploadRequest, _ upload: ResumableUpload, _ isComplete: Bool, _ client: TusRoutes.Client
    ) async throws -> HTTPResponse? {
        let offset = draft.request.method == .post ? 0 : draft.offset ?? 0
        let received: ResumableUpload
        do {
            received = try await uploads.append(
                ResumableUploads.Chunk(
                    offset: offset, announcedLength: try draft.length(from: offset),
                    isCompared: try draft.request.isCompared, body: draft.request.body,
                    progress: { sendInterim(draft, ["Upload-Offset": "\($0)"]) }),
                to: upload.id, by: client.user)
        } catch {
            throw await explained(error, upload, client, provided: offset)
        }
        guard isComplete else { return nil }
        return try await complete(received, client)
    }

    /// Marks an upload as complete, and answers as the ordinary call does. Also an error then is one of that call.
    private func complete(_ received: ResumableUpload, _ client: TusRoutes.Client) async throws -> HTTPResponse {
        do {
            let size = received.content.offset
            guard size > 0 else {
                try await uploads.cancel(received.id, by: client.user)
                throw APIError(MediaError(.empty, "The file has no bytes"))
            }
            let finished = try await uploads.append(
                ResumableUploads.Chunk(offset: size, length: size, body: .empty), to: received.id, by: client.user)
            guard case .published(let result) = finished.content.state else { throw APIError.uploadLocked }
            return try await answer(result, client)
        } catch {
            var error = APIError(error)
            // Where it cannot be read it has ended, or the client asks again by HEAD.
            let isOpen = (try? await uploads.upload(received.id, for: client.user))?.content.state == .open
            if !isOpen { error.problem.fields["Upload-Complete"] = "?1" }
            throw error
        }
    }

    private func status(_ id: String, _ client: TusRoutes.Client) async throws -> HTTPResponse {
        let upload = try await uploads.settled(id, by: client.user)
        var fields: HTTPFields = [
            "Upload-Offset": "\(upload.content.offset)", "Upload-Limit": try limits(of: upload),
            "Cache-Control": "no-store", "Upload-Complete": "?0",
        ]
        if let length = upload.content.length ?? upload.content.announcedLength {
            fields["Upload-Length"] = "\(length)"
        }
        if case .published(let result) = upload.content.state {
            fields["Upload-Complete"] = "?1"
            fields[uploads.call.resultField] = result
        }
        return HTTPResponse(status: .noContent, headers: fields)
    }

    /// The error as the draft words it. More bytes than were announced end the upload (section 4.4.2).
    private func explained(
        _ error: any Error, _ upload: ResumableUpload, _ client: TusRoutes.Client, provided: Int
    ) async -> APIError {
        var error = APIError(error)
        switch error.code {
        case .offsetMismatch:
            // What this request has read is right unless it was continued since.
            let current = try? await uploads.upload(upload.id, for: client.user)
            let offset = current?.content.offset ?? upload.content.offset
            error.problem.type = Self.problemTypes + "mismatching-upload-offset"
            error.problem.members = ["expected-offset": .integer(offset), "provided-offset": .integer(provided)]
            error.problem.fields = ["Upload-Offset": "\(offset)", "Upload-Complete": "?0"]
        case .mediaTooLarge:
            // What is not known is left out of the response.
            let limit = try? limits(of: upload)
            let announced = upload.content.announcedLength
            // Not where it is the limit of what a user may upload within an hour.
            let maximum = announced ?? (try? uploads.maximumBytes(upload.content))
            if maximum != nil, error.details == .size(maximum: maximum ?? 0) {
                // Where this fails, it ends when it expires.
                try? await uploads.cancel(upload.id, by: client.user)
            }
            if announced != nil, error.details == .size(maximum: announced ?? 0) { error = .inconsistentLength }
            if let limit { error.problem.fields["Upload-Limit"] = limit }
        default: break
        }
        return error
    }

    /// `Upload-Limit` of an upload (section 4.1.4).
    private func limits(of upload: ResumableUpload) throws -> String {
        let left = max(0, Int(upload.expires.timeIntervalSince(uploads.keyGenerator.now())))
        return "max-size=\(try uploads.maximumBytes(upload.content)), max-age=\(left)"
    }

    private func sendInterim(_ draft: DraftUploadRequest, _ fields: HTTPFields) {
        guard draft.understandsInterim else { return }
        var fields = fields
        fields["Upload-Draft-Interop-Version"] = DraftUploadRequest.interopVersion
        draft.request.sendInterim(.uploadResumptionSupported, fields)
    }
}
