internal import Foundation
internal import HTTPClient

/// An object as described by a response's header.
struct S3Object: Sendable {
    let info: ObjectInfo
    /// The id of our writer that created it, if the store keeps metadata.
    let writeID: String?

    static let writeIDHeader = "x-amz-meta-darkroom-write"

    /// `size` is the size of the whole object.
    init(_ key: ObjectKey, size: Int, headers: HTTPClientHeaders) {
        info = ObjectInfo(
            key: key, size: size,
            attributes: ObjectAttributes(
                contentType: headers["Content-Type"] ?? "application/octet-stream",
                contentDisposition: headers["Content-Disposition"], cacheControl: headers["Cache-Control"]),
            modified: headers["Last-Modified"].flatMap(Date.init(httpDate:)) ?? Date(timeIntervalSince1970: 0),
            etag: S3Object.quoted(headers["ETag"] ?? ""))
        writeID = headers[Self.writeIDHeader]
    }

    /// An entity tag in quotes, which some stores leave out.
    static func quoted(_ etag: String) -> String {
        let bare = etag.hasPrefix("W/") ? etag.dropFirst(2) : etag[...]
        return bare.count >= 2 && bare.hasPrefix("\"") && bare.hasSuffix("\"") ? String(bare) : "\"\(bare)\""
    }
}

extension S3Connection {
    /// The store's description of the object, or `nil` if there is none.
    func head(_ key: ObjectKey, deadline: Duration? = nil) async throws(S3Failure) -> S3Object? {
        let request = S3Request(operation: "HeadObject", method: "HEAD", key: key, deadline: deadline)
        do throws(S3Failure) {
            return try await send(request) { (response) throws(S3Failure) in
                guard let size = response.headers["Content-Length"].flatMap({ Int($0) }), size >= 0 else {
                    throw S3Failure(
                        kind: .malformedResponse("the response has no length"), operation: request.operation)
                }
                return S3Object(key, size: size, headers: response.headers)
            }
        } catch {
            if error.status == 404 { return nil }
            throw error
        }
    }
}
