internal import Bytes
internal import Foundation
internal import HTTPClient

extension S3Store {
    /// Aborts the multipart uploads of the bucket that a crash left: see ``abortAbandonedUploads(olderThan:prefix:exceptUnder:)``.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    @discardableResult
    public func abortAbandonedWrites(olderThan age: Duration) async throws(ObjectStoreError) -> Int {
        try await abortAbandonedUploads(olderThan: age, exceptUnder: PartwiseWrite.keyPrefix)
    }

    /// Aborts the multipart uploads under `prefix`, except those under another, that were begun longer ago than `age` and not completed: what a crash
    /// left. `age` must be longer than any upload takes, on every node that writes to the bucket. Returns how many there were.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    @discardableResult
    public func abortAbandonedUploads(
        olderThan age: Duration, prefix: String = "", exceptUnder others: String? = nil
    ) async throws(ObjectStoreError) -> Int {
        var aborted = 0
        var marker: UploadListing.Marker?
        do throws(S3Failure) {
            repeat {
                let listing = try await connection.uploads(prefix: prefix, after: marker)
                // Both times are the store's: this machine's clock may have been set, so that it does not show an
                // upload's age.
                let limit = (listing.date ?? connection.clock.now).addingTimeInterval(-Double(age.components.seconds))
                for upload in listing.uploads where upload.initiated <= limit {
                    if let others, upload.key.rawValue.hasPrefix(others) { continue }
                    try await connection.abortUpload(upload.id, of: upload.key)
                    aborted += 1
                }
                // A marker that does not advance would loop for ever.
                marker = listing.next == marker ? nil : listing.next
            } while marker != nil
        } catch {
            throw ObjectStoreError(error, key: nil)
        }
        return aborted
    }

    /// Aborts every multipart upload of the keys, also one that began after they were given up.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func abortWrites(to keys: [ObjectKey]) async throws(ObjectStoreError) {
        for key in keys {
            do throws(S3Failure) {
                let listing = try await connection.uploads(prefix: key.rawValue, after: nil)
                for upload in listing.uploads where upload.key == key {
                    try await connection.abortUpload(upload.id, of: key)
                }
            } catch {
                throw ObjectStoreError(error, key: key)
            }
        }
    }
}

/// A page of the multipart uploads that are not completed.
struct UploadListing: Sendable {
    struct Upload: Sendable {
        let key: ObjectKey
        let id: String
        let initiated: Date
    }

    struct Marker: Sendable, Hashable {
        let key: String
        let id: String
    }

    let uploads: [Upload]
    let next: Marker?
    /// The store's time when it answered.
    var date: Date?

    /// An empty page.
    init() {
        uploads = []
        next = nil
    }

    init(_ document: S3Document) {
        let isEncoded = document["EncodingType"]?.text == "url"
        let decoded = { (text: String) in isEncoded ? PercentEncoding.decodeText(text) ?? text : text }
        uploads = document.all("Upload").compactMap { item in
            guard let key = ObjectKey(validating: decoded(item["Key"]?.text ?? "")), let id = item["UploadId"]?.text,
                let initiated = item["Initiated"].flatMap({ Date(rfc3339: $0.text) })
            else { return nil }
            return Upload(key: key, id: id, initiated: initiated)
        }
        let isTruncated = document["IsTruncated"]?.text == "true"
        next =
            isTruncated
            ? Marker(
                key: decoded(document["NextKeyMarker"]?.text ?? ""), id: document["NextUploadIdMarker"]?.text ?? "")
            : nil
    }
}

extension S3Connection {
    /// `ListMultipartUploads`.
    func uploads(prefix: String, after marker: UploadListing.Marker?) async throws(S3Failure) -> UploadListing {
        var query: [CanonicalRequest.Pair] = [
            (name: "uploads", value: ""), (name: "max-uploads", value: "1000"), (name: "encoding-type", value: "url"),
            (name: "prefix", value: prefix),
        ]
        if let marker {
            query += [(name: "key-marker", value: marker.key), (name: "upload-id-marker", value: marker.id)]
        }
        let request = S3Request(operation: "ListMultipartUploads", method: "GET", query: query, limit: 8 << 20)
        do throws(S3Failure) {
            return try await send(request) { (response) throws(S3Failure) in
                var listing = UploadListing(try response.document(["ListMultipartUploadsResult"], request.operation))
                listing.date = response.headers["Date"].flatMap(Date.init(httpDate:))
                return listing
            }
        } catch {
            // rclone answers so when there are none.
            if error.code == "NoSuchUpload" { return UploadListing() }
            throw error
        }
    }

    /// `AbortMultipartUpload`. It is not an error if it no longer exists.
    func abortUpload(_ id: String, of key: ObjectKey) async throws(S3Failure) {
        let request = S3Request(
            operation: "AbortMultipartUpload", method: "DELETE", key: key, query: [(name: "uploadId", value: id)])
        do throws(S3Failure) { _ = try await send(request) } catch {
            guard error.status == 404, error.code != "NoSuchBucket" else { throw error }
        }
    }
}
