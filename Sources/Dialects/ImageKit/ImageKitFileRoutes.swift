import ChatBridge
import Foundation
import HTTPServer
import MediaAPI
import MediaModel
import MediaWorker
import OpenAPI
import Realtime

/// The part of ImageKit's own API that uploading needs, so that its published SDKs work with another base URL: the
/// upload for clients with a token and for callers with the private key; for the latter also details, metadata and
/// deletion.
package struct ImageKitFileRoutes: Sendable {
    let service: ImageKitService
    let uploads: UploadReceiver
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let keys: ImageKitKeys
    let policy: MediaPolicy
    /// The uploads whose sender is not authenticated yet.
    let unauthenticated: UnauthenticatedSessions
    /// The limits of clients: requests without the private key count for their address, and uploads for the user who owns the file.
    let limits: RequestLimits
    /// Of requests with the private key. A token of a form is used once anyway.
    let idempotency: IdempotentRequests?

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let errors = ImageKitFileErrors()
        routes.authorizing(.post, "/api/v1/files/upload", .uploadFile, errors: errors) { request, _ in
            try await upload(request)
        }
        on(.get, "/:fileId/details", .fileDetails, &routes) { .json(try await service.fileDetails(of: $0)) }
        on(.get, "/:fileId/metadata", .fileMetadata, &routes) { .json(try await service.metadata(of: $0)) }
        on(.delete, "/:fileId", .deleteFile, &routes) {
            try await service.deleteFile($0)
            return HTTPResponse(status: .noContent)
        }
    }

    /// Adds a route for a file that requires the private key.
    private func on(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription,
        _ routes: inout DialectRoutes,
        _ respond: @escaping @Sendable (_ file: String) async throws -> HTTPResponse
    ) {
        routes.authorizing(method, "/v1/files" + path, description, errors: ImageKitFileErrors()) {
            request, parameters in
            do {
                try ImageKitAuthorization.checkPrivateKey(of: request, keys)
            } catch {
                try await limits.admit(addressOf: request)
                throw error
            }
            return try await respond(parameters.text("fileId"))
        }
    }

    private func upload(_ request: HTTPRequest) async throws -> HTTPResponse {
        let authorization = try await authorization(of: request)
        guard let idempotency, await authorization.isAuthenticated else {
            return try await receive(request, authorization)
        }
        return try await idempotency.handle(request, of: .service(try await authorization.owner().name)) {
            try await receive($0, authorization)
        }
    }

    private func receive(_ request: HTTPRequest, _ authorization: ImageKitAuthorization) async throws -> HTTPResponse {
        let measured = limits.meter(request)
        defer { measured?.meter.end() }
        if let user = await authorization.user { try await measured?.meter.begin(for: user) }
        if await !authorization.isAuthenticated {
            let origin = ClientOrigin(
                network: ClientNetwork.of(request.clientAddress), connection: request.connection,
                mayBeProxy: request.clientMayBeProxy)
            unauthenticated.enter(request.id, from: origin) { request.body.evict() }
        }
        defer { unauthenticated.leave(request.id) }
        let unique = keyGenerator.ids.next(at: keyGenerator.now()).description
        let form = try await uploads.receive(
            measured?.request ?? request,
            UploadFormSpecification(
                fileField: "file", policy: policy, sender: { await authorization.sender },
                secretFields: ImageKitAuthorization.secretFields,
                key: keyGenerator.key(Dialect.imagekit.rawValue, "library"),
                required: ["fileName": "what the file is to be called"], acceptsText: true,
                check: { name, text in
                    let isVerified = try await authorization.accept(name, text) { owner in
                        guard case .user(let user) = owner else { return }
                        try await limits.admit(user: user)
                        try await measured?.meter.begin(for: user)
                    }
                    if isVerified {
                        limits.giveBack(addressOf: request)
                        unauthenticated.leave(request.id)
                    }
                    try ImageKitUploadFields.check(name, text)
                },
                finish: { fields in
                    _ = try await authorization.owner()
                    _ = try ImageKitUploadFields(fields, unique: unique)
                },
                maximumBytesNow: { await authorization.maximumBytes }))
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        let owner = try await authorization.owner()
        let fields = try ImageKitUploadFields(form.fields, unique: unique)
        return .json(
            try await publisher.publish(file, of: owner.name) { record in
                var record = record
                record.details = ImageKitMetadata.details(file.inspection)
                return try await service.storeFile(
                    record, owner: owner, name: fields.name, details: fields.details,
                    responseFields: fields.responseFields)
            })
    }

    /// Who sends an upload, by its header fields alone. Without the private key, the request counts for its address until the form's token is
    /// verified.
    private func authorization(of request: HTTPRequest) async throws -> ImageKitAuthorization {
        do {
            let authorization = try ImageKitAuthorization(
                request, keys: keys, service: service, now: keyGenerator.now)
            if let user = await authorization.user {
                try await limits.admit(user: user)
            } else if await !authorization.isAuthenticated {
                try await limits.admit(addressOf: request)
            }
            return authorization
        } catch let error as APIError where error.code == .forbidden {
            try await limits.admit(addressOf: request)
            throw error
        }
    }
}
