import Foundation
import HTTPServer
import Logging
import ObjectStore

/// Serves the objects of the folder store by their signed URLs.
struct ObjectRoutes: Sendable {
    /// Where the objects are served: their keys follow.
    static let prefix = "/objects"

    let folder: FolderStore
    let logger: Logger

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        await ProblemDetails().answering(request, logger: logger) {
            guard [.get, .head].contains(request.method) else {
                throw APIError(
                    code: .methodNotAllowed, message: "Objects are read by GET or HEAD",
                    details: .allow(["GET", "HEAD"]))
            }
            let path = String(request.path.dropFirst(Self.prefix.count + 1))
            let object = try await folder.open(folder.verify(.get, path: path, query: request.query))
            let file = FileRegion(descriptor: object.descriptor, ownedBy: object, length: object.info.size)
            return FileResponse.respond(
                to: request, file: file, etag: object.info.etag, lastModified: object.info.modified,
                headers: headers(object.info.attributes))
        }
    }

    /// What strangers sent is shown as what it was judged to be, never as a page: no sniffing, no scripts, no frames.
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
