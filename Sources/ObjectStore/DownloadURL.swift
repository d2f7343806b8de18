/// URLs at which clients download objects through a cache in front of the bucket or the service, such as a content delivery network.
struct DownloadURL: Sendable {
    /// The cache's URL, without a slash at its end.
    private let base: String

    /// `nil` where there is no cache.
    init?(base: String?) {
        guard let base, !base.isEmpty else { return nil }
        self.base = String(base.reversed().drop { $0 == "/" }.reversed())
    }

    /// `url` with the cache's URL in place of its scheme, host and port. Its path and query stay as they were signed: the cache asks
    /// the place for which they were signed.
    func replacingOrigin(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let path = url[scheme.upperBound...].firstIndex { $0 == "/" || $0 == "?" } ?? url.endIndex
        return base + url[path...]
    }
}
