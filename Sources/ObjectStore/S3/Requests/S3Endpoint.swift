internal import Bytes

/// The base of the URLs of a bucket's objects.
struct S3Endpoint: Sendable {
    /// `http` or `https`.
    let scheme: String
    /// The `Host` line: with the port where it is not the scheme's own, and with the bucket if that is part of it.
    let host: String
    /// What comes before the key in the path, encoded, without a slash at the end.
    let basePath: String

    var isEncrypted: Bool { scheme == "https" }

    /// Whether a bucket can have this name, by the laxest rules that object stores have.
    static func isBucketName(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count) && name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]/) != nil
    }

    /// - Throws: ``ObjectStoreError/Code/unavailable`` if `endpoint` is no URL of http or https, or `bucket` no name.
    init(_ endpoint: String, bucket: String, pathStyle: Bool) throws(ObjectStoreError) {
        guard let (_, scheme, authority, path) = endpoint.wholeMatch(of: Self.pattern)?.output else {
            throw ObjectStoreError(
                .unavailable,
                "The endpoint \(endpoint.debugDescription) is not of the form http://HOST[:PORT] or https://HOST[:PORT]: "
                    + "check DARKROOM_S3_ENDPOINT.")
        }
        guard Self.isBucketName(bucket) else {
            throw ObjectStoreError(
                .unavailable, "There can be no bucket \(bucket.debugDescription): check DARKROOM_S3_BUCKET.")
        }
        self.scheme = scheme.lowercased()
        let defaultPort = self.scheme == "https" ? ":443" : ":80"
        var host = authority.lowercased()
        if host.hasSuffix(defaultPort) { host.removeLast(defaultPort.count) }
        let segments = String(path).split(separator: "/").map { "/\($0)" }.joined()
        self.host = pathStyle ? host : "\(bucket).\(host)"
        basePath = pathStyle ? "\(segments)/\(bucket)" : segments
    }

    private static var pattern: Regex<(Substring, Substring, Substring, Substring)> {
        /((?i)https?):\/\/((?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)((?:\/[A-Za-z0-9._~-]*)*)/
    }

    /// The path of an object, or of the bucket.
    func path(_ key: ObjectKey?) -> String {
        guard let key else { return basePath.isEmpty ? "/" : basePath }
        return "\(basePath)/\(PercentEncoding.encode(key.rawValue, keeping: .path))"
    }

    /// The URL of `path` with `query`, both encoded.
    func url(path: String, query: String) -> String { "\(scheme)://\(host)\(path)\(query.isEmpty ? "" : "?\(query)")" }
}
