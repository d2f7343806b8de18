/// Attributes stored with an object's bytes and sent in the header of every response that carries them.
public struct ObjectAttributes: Sendable, Codable, Hashable {
    /// The media type (RFC 9110 section 8.3), such as `video/mp4`.
    public var contentType: String
    /// How a browser presents the object (RFC 6266), such as `attachment; filename="notes.pdf"`.
    public var contentDisposition: String?
    /// How long caches may keep it (RFC 9111), such as `private, max-age=3600`.
    public var cacheControl: String?

    /// Creates attributes; only the media type is required.
    public init(contentType: String, contentDisposition: String? = nil, cacheControl: String? = nil) {
        self.contentType = contentType
        self.contentDisposition = contentDisposition
        self.cacheControl = cacheControl
    }
}
