import ChatBridge
import Foundation
import HTTPServer
import ObjectStore

/// Serves the objects of the folder store by their signed URLs, and receives direct uploads.
struct ObjectRoutes: Sendable {
    /// The path prefix of objects; the key follows.
    static let prefix = "/objects"

    let folder: FolderStore
    let references: any ObjectReferences

    /// The response to a request for an object, or to the direct upload of one.
    func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        let path = String(request.path.dropFirst(Self.prefix.count))
        switch request.method {
        case .get, .head: return try await send(path, request)
        case .put: return try await receive(path, request)
        default:
            throw APIError(
                code: .methodNotAllowed, message: "Objects are read by GET or HEAD and written by PUT",
                details: .allow(["GET", "HEAD", "PUT"]))
        }
    }

    private func send(_ path: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        let object = try await folder.open(folder.verify(.get, path: path, query: request.query))
        let file = FileRegion(descriptor: object.descriptor, ownedBy: object, length: object.info.size)
        return FileResponse.respond(
            to: request, file: file, etag: object.info.etag, lastModified: object.info.modified,
            headers: headers(object.info.attributes))
    }

    /// Receives an object of the type and length that its URL was signed for; both are checked before the body is read.
    private func receive(_ path: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        guard let length = request.body.declaredLength else {
            throw APIError(code: .lengthRequired, message: "An upload says its length (Content-Length)")
        }
        let type = request.headers["Content-Type"] ?? ""
        let key = try folder.verify(.put(contentType: type, length: length), path: path, query: request.query)
        let writer = try await folder.write(
            key, attributes: ObjectAttributes(contentType: type), declaredLength: length)
        do {
            for try await chunk in request.body { try await writer.write(chunk) }
            // A slow client may finish after its key's reservation has ended; the object would then never be deleted.
            guard try await references.isReserved(key.rawValue) else {
                throw ObjectStoreError(.expired, "The time of the upload to \(key) is over.")
            }
            let info = try await writer.complete()
            // If the upload was published or abandoned in the meantime, this object is deleted again. If that cannot be
            // determined now, the key is checked when the upload expires.
            guard try await references.isReserved(key.rawValue) else {
                try await references.markForDeletion(objects: [key.rawValue])
                throw ObjectStoreError(.expired, "The time of the upload to \(key) is over.")
            }
            return HTTPResponse(status: .ok, headers: ["ETag": info.etag])
        } catch {
            await writer.abort()
            throw error
        }
    }

    /// Uploaded content is served with the validated type and never as a page: no sniffing, no scripts, no frames.
    private func headers(_ attributes: ObjectAttributes) -> HTTPFields {
        var fields: HTTPFields = [
            "Content-Type": attributes.contentType,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": attributes.cacheControl ?? "private, max-age=3600",
        ]
        if let disposition = attributes.contentDisposition { fields["Content-Disposition"] = disposition }
        return fields
    }
}
