internal import Concurrency
internal import Crypto
internal import Foundation
internal import HTTPClient

/// The requests that create one object.
struct S3Upload: Sendable {
    let key: ObjectKey
    let attributes: ObjectAttributes
    let connection: S3Connection
    let threads: ThreadPool
    /// Stored with the object: it shows whether a request whose response was lost has created it.
    private let writeID = hexEncode(SecureRandom.bytes(16))
    private let startedAt: Date

    /// The deadline of requests whose outcome a caller waits for.
    private static let shortDeadline = Duration.seconds(20)

    init(_ key: ObjectKey, attributes: ObjectAttributes, connection: S3Connection, threads: ThreadPool) {
        self.key = key
        self.attributes = attributes
        self.connection = connection
        self.threads = threads
        startedAt = connection.clock.now
    }

    /// An empty part of it.
    func part() -> Part {
        let configuration = connection.configuration
        return Part(
            threads: threads, isHashed: !(configuration.unsignedPayload && connection.endpoint.isEncrypted))
    }

    private var creationHeaders: [CanonicalRequest.Pair] {
        attributes.requestHeaders + [(name: S3Object.writeIDHeader, value: writeID)]
    }

    /// `PutObject`: the whole object at once.
    func put(_ payload: S3Request.Payload, size: Int) async throws(S3Failure) -> ObjectInfo {
        let request = S3Request(
            operation: "PutObject", method: "PUT", key: key, headers: creationHeaders, body: payload)
        do throws(S3Failure) {
            let response = try await connection.send(request)
            return try await finished(etag: response.headers["ETag"], size: size, at: response.headers["Date"])
        } catch {
            return try await found(size, after: error)
        }
    }

    /// `CreateMultipartUpload`. Returns the upload's id.
    func create() async throws(S3Failure) -> String {
        let request = S3Request(
            operation: "CreateMultipartUpload", method: "POST", key: key, query: [(name: "uploads", value: "")],
            headers: creationHeaders, body: .empty, deadline: Self.shortDeadline)
        return try await connection.send(request) { (response) throws(S3Failure) in
            // The second is rclone's, the first that of S3 and the others.
            let names = ["InitiateMultipartUploadResult", "InitiateMultipartUpload"]
            let id = try response.document(names, request.operation)["UploadId"]?.text ?? ""
            guard !id.isEmpty else {
                throw S3Failure(kind: .malformedResponse("the response has no upload id"), operation: request.operation)
            }
            return id
        }
    }

    /// `UploadPart`. Returns the part's entity tag.
    func send(_ payload: S3Request.Payload, as number: Int, of id: String) async throws(S3Failure) -> String {
        let request = S3Request(
            operation: "UploadPart", method: "PUT", key: key,
            query: [(name: "partNumber", value: "\(number)"), (name: "uploadId", value: id)], body: payload)
        return try await connection.send(request) { (response) throws(S3Failure) in
            guard let etag = response.headers["ETag"], !etag.isEmpty else {
                throw S3Failure(
                    kind: .malformedResponse("the response has no entity tag"), operation: request.operation)
            }
            return etag
        }
    }

    /// `CompleteMultipartUpload`. A success may have an error in its body; a repetition may find that it was done before.
    func complete(_ id: String, etags: [(number: Int, etag: String)], size: Int) async throws(S3Failure) -> ObjectInfo {
        let parts = etags.map { number, etag in
            "<Part><PartNumber>\(number)</PartNumber><ETag>\(xmlEscaped(etag))</ETag></Part>"
        }
        let text =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())"
            + "</CompleteMultipartUpload>"
        // Some stores need a long time to assemble many parts. Half of the deadline leaves time to repeat the request.
        let request = S3Request(
            operation: "CompleteMultipartUpload", method: "POST", key: key, query: [(name: "uploadId", value: id)],
            headers: [(name: "Content-Type", value: "application/xml")], body: .init(text: text),
            timeout: max(connection.configuration.deadline / 2, connection.configuration.stallTimeout))
        do throws(S3Failure) {
            let (etag, date) = try await connection.send(request) { (response) throws(S3Failure) in
                let result = try response.document(["CompleteMultipartUploadResult"], request.operation)
                return (result["ETag"]?.text, response.headers["Date"])
            }
            return try await finished(etag: etag, size: size, at: date)
        } catch {
            return try await found(size, after: error)
        }
    }

    /// `AbortMultipartUpload`.
    func abort(_ id: String) async throws(S3Failure) { try await connection.abortUpload(id, of: key) }

    /// The object, after the store has confirmed it. Some stores do not send its entity tag.
    private func finished(etag: String?, size: Int, at date: String?) async throws(S3Failure) -> ObjectInfo {
        guard let etag, !etag.isEmpty, etag != "\"\"" else {
            guard let object = try await connection.head(key), object.info.size == size else {
                throw S3Failure(kind: .malformedResponse("the object is not as it was sent"), operation: "HeadObject")
            }
            return object.info
        }
        return ObjectInfo(
            key: key, size: size, attributes: attributes,
            modified: date.flatMap(Date.init(httpDate:)) ?? connection.clock.now, etag: S3Object.quoted(etag))
    }

    /// The object, if it exists and is ours although the request ended with `failure`; throws that otherwise.
    private func found(_ size: Int, after failure: S3Failure) async throws(S3Failure) -> ObjectInfo {
        guard failure.isAmbiguous, !failure.isCancellation else { throw failure }
        let object: S3Object?
        do throws(S3Failure) { object = try await connection.head(key, deadline: Self.shortDeadline) } catch {
            throw failure
        }
        guard let object, object.info.size == size, isOurs(object) else { throw failure }
        return object.info
    }

    private func isOurs(_ object: S3Object) -> Bool {
        if let writeID = object.writeID { return writeID == self.writeID }
        // The store keeps no metadata: no older object has this time, which is in whole seconds.
        return object.info.modified >= startedAt.addingTimeInterval(-1)
    }
}
