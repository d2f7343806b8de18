internal import Crypto
internal import Foundation
internal import HTTPClient

/// A rule of a bucket for pages of other origins (the `CORSRule` of S3's API).
public struct BucketCORSRule: Sendable, Hashable {
    /// The name of the rule; may be empty.
    public var id: String
    /// The origins of the pages, such as `https://chat.example.org`, or `*`.
    public var origins: [String]
    /// The methods that they may use.
    public var methods: [String]
    /// The header fields that their requests may have.
    public var headers: [String]
    /// The header fields that they may read.
    public var exposedHeaders: [String]
    /// How long a browser may keep the answer, in seconds.
    public var maximumAge: Int?

    /// The rule that pages of `origins` need, to put files to URLs of direct uploads and to read files: of ranges, and by scripts.
    public init(forPagesOf origins: [String]) {
        id = "darkroom"
        self.origins = origins
        methods = ["GET", "HEAD", "PUT"]
        headers = ["Content-Type", "Range"]
        exposedHeaders = ["ETag", "Content-Range", "Accept-Ranges"]
        maximumAge = 600
    }
}

extension S3Store {
    /// The most rules of a bucket.
    private static let maximumRules = 100

    /// The bucket's rules for pages of other origins.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the store denies that, fails, or has no such rules in its API.
    public func corsRules() async throws(ObjectStoreError) -> [BucketCORSRule] {
        let request = S3Request(operation: "GetBucketCors", method: "GET", query: [(name: "cors", value: "")])
        do throws(S3Failure) {
            return try await connection.send(request) { (response) throws(S3Failure) in
                try response.document(["CORSConfiguration"], request.operation).all("CORSRule").map(BucketCORSRule.init)
            }
        } catch {
            if error.status == 404, error.code != "NoSuchBucket" { return [] }
            throw ObjectStoreError(error, key: nil)
        }
    }

    /// Sets `rule` in place of the bucket's rule of the same name, and leaves its other rules as they are.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the store denies that, fails, or has no such rules in its API.
    public func setCORSRule(_ rule: BucketCORSRule) async throws(ObjectStoreError) {
        let rules = [rule] + (try await corsRules()).filter { $0.id != rule.id }
        guard rules.count <= Self.maximumRules else {
            throw ObjectStoreError(.unavailable, "The bucket has \(rules.count - 1) rules already: remove some first.")
        }
        let list = rules.map(\.xml).joined()
        let text = "<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list)</CORSConfiguration>"
        let md5 = Data(InsecureMD5.hash(text.utf8)).base64EncodedString()
        do throws(S3Failure) {
            _ = try await connection.send(
                S3Request(
                    operation: "PutBucketCors", method: "PUT", query: [(name: "cors", value: "")],
                    headers: [(name: "Content-MD5", value: md5), (name: "Content-Type", value: "application/xml")],
                    body: .init(text: text)))
        } catch {
            throw ObjectStoreError(error, key: nil)
        }
    }
}

extension BucketCORSRule {
    fileprivate init(_ element: S3Document) {
        func texts(_ name: String) -> [String] {
            element.all(name).map { $0.text.trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        id = texts("ID").first ?? ""
        origins = texts("AllowedOrigin")
        methods = texts("AllowedMethod")
        headers = texts("AllowedHeader")
        exposedHeaders = texts("ExposeHeader")
        maximumAge = texts("MaxAgeSeconds").first.flatMap { Int($0) }
    }

    fileprivate var xml: String {
        func elements(_ name: String, _ texts: [String]) -> String {
            texts.map { "<\(name)>\(xmlEscaped($0))</\(name)>" }.joined()
        }
        let parts = [
            elements("ID", id.isEmpty ? [] : [id]), elements("AllowedOrigin", origins),
            elements("AllowedMethod", methods), elements("AllowedHeader", headers),
            elements("ExposeHeader", exposedHeaders), elements("MaxAgeSeconds", maximumAge.map { ["\($0)"] } ?? []),
        ]
        return "<CORSRule>\(parts.joined())</CORSRule>"
    }
}
