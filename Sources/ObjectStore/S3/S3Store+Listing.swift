internal import Bytes
internal import Foundation
internal import HTTPClient

extension S3Store {
    /// The objects in the order in which the store keeps them: that of the keys' bytes, in every store that does as S3
    /// does.
    /// Objects whose name is no ``ObjectKey`` are named apart.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        let limit = min(max(limit, 1), 1000)
        var (entries, unusable): ([ObjectPage.Entry], [String]) = ([], [])
        var token: String?
        do throws(S3Failure) {
            repeat {
                let listing = try await connection.list(
                    prefix: prefix, after: after, token: token, limit: limit - entries.count)
                entries += listing.entries
                unusable += listing.unusableNames
                token = listing.token
            } while token != nil && entries.count < limit
        } catch {
            throw ObjectStoreError(error, key: nil)
        }
        return ObjectPage(entries: entries, unusableNames: unusable, next: token == nil ? nil : entries.last?.key)
    }
}

/// A page as the store gives it.
struct S3Listing: Sendable {
    var entries: [ObjectPage.Entry] = []
    /// Names that are no keys.
    var unusableNames: [String] = []
    /// Where the next page begins.
    var token: String?

    init(_ document: S3Document) {
        let isEncoded = document["EncodingType"]?.text == "url"
        for item in document.all("Contents") {
            let name = item["Key"]?.text ?? ""
            // A listing that is not encoded shows our keys as they are.
            let text = isEncoded ? PercentEncoding.decodeText(name) ?? name : name
            guard let key = ObjectKey(validating: text), let size = item["Size"].flatMap({ Int($0.text) }) else {
                unusableNames.append(text)
                continue
            }
            entries.append(
                ObjectPage.Entry(
                    key: key, size: size,
                    modified: item["LastModified"].flatMap { Date(rfc3339: $0.text) }
                        ?? Date(timeIntervalSince1970: 0), etag: S3Object.quoted(item["ETag"]?.text ?? "")))
        }
        if document["IsTruncated"]?.text == "true" { token = document["NextContinuationToken"]?.text }
    }
}

extension S3Connection {
    /// `ListObjectsV2`.
    func list(prefix: String, after: ObjectKey?, token: String?, limit: Int) async throws(S3Failure) -> S3Listing {
        var query: [CanonicalRequest.Pair] = [
            (name: "list-type", value: "2"), (name: "max-keys", value: "\(limit)"),
            (name: "encoding-type", value: "url"), (name: "prefix", value: prefix),
        ]
        if let after { query.append((name: "start-after", value: after.rawValue)) }
        if let token { query.append((name: "continuation-token", value: token)) }
        // A thousand entries of the longest keys, with what surrounds each.
        let request = S3Request(operation: "ListObjectsV2", method: "GET", query: query, limit: 8 << 20)
        return try await send(request) { (response) throws(S3Failure) in
            S3Listing(try response.document(["ListBucketResult"], request.operation))
        }
    }
}

extension HTTPClientResponse {
    /// The document that the response is, if it has one of the names that are expected.
    func document(_ names: [String], _ operation: String) throws(S3Failure) -> S3Document {
        guard let document = S3Document(body) else {
            throw S3Failure(kind: .malformedResponse("the response is no XML"), operation: operation)
        }
        guard names.contains(document.name) else {
            throw S3Failure(kind: .malformedResponse("the response is no \(names[0])"), operation: operation)
        }
        return document
    }
}
