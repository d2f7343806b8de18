internal import HTTPClient

/// An object whose bytes are being received.
struct OpenedObject: Sendable {
    let object: S3Object
    let stream: HTTPClientStream
    /// The offset in the object of the first byte of the stream: not the range's start where the store ignores ranges.
    let start: Int
}

extension S3Connection {
    /// `GetObject`, of `range` or of everything. With `etag`, fails with 412 if the object has another one.
    func open(_ key: ObjectKey, range: Range<Int>?, etag: String? = nil) async throws(S3Failure) -> OpenedObject {
        var request = S3Request(operation: "GetObject", method: "GET", key: key)
        if let range {
            // Ends beyond any object are left out: some stores cannot parse such numbers.
            let end = range.upperBound > 1 << 50 ? "" : "\(range.upperBound - 1)"
            request.headers.append((name: "Range", value: "bytes=\(range.lowerBound)-\(end)"))
        }
        if let etag { request.headers.append((name: "If-Match", value: etag)) }
        let stream = try await open(request)
        guard let extent = Extent(stream.head) else {
            throw S3Failure(
                kind: .malformedResponse("the response does not say its length"), operation: request.operation)
        }
        let object = S3Object(key, size: extent.size, headers: stream.headers)
        guard etag == nil || object.info.etag == etag else {
            throw S3Failure(kind: .response(status: 412, code: "", message: ""), operation: request.operation)
        }
        return OpenedObject(object: object, stream: stream, start: extent.start)
    }
}

/// The part of the object that a response contains.
private struct Extent {
    let start: Int
    let size: Int

    init?(_ head: HTTPClientResponseHead) {
        // Some stores answer a range with 200.
        if head.status == 206 || head.headers["Content-Range"] != nil {
            guard let text = head.headers["Content-Range"],
                let (_, first, total) = text.wholeMatch(of: /bytes (\d{1,18})-\d{1,18}\/(\d{1,18})/)?.output,
                let start = Int(first), let size = Int(total), start < size
            else { return nil }
            self.start = start
            self.size = size
        } else {
            guard let size = head.headers["Content-Length"].flatMap({ Int($0) }), size >= 0 else { return nil }
            start = 0
            self.size = size
        }
    }
}
