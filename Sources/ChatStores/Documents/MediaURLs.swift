/// How documents of the chat server's own models name an object: by the URL that its key is appended to.
public struct MediaURLs: Sendable, Hashable {
    /// What every URL begins with, e.g. `https://media.example.com/`; by default nothing, so that documents have the key.
    public var prefix: String

    /// URLs that begin with `prefix`.
    public init(prefix: String = "") { self.prefix = prefix }

    /// The URL of an object.
    public func url(of key: String) -> String { prefix + key }

    /// The key of the object that a URL names; one of another place is its own key.
    public func key(of url: String) -> String { url.hasPrefix(prefix) ? String(url.dropFirst(prefix.count)) : url }
}
