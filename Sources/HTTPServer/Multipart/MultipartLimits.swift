/// The limits of a multipart body.
public struct MultipartLimits: Sendable, Hashable {
    /// The number of parts.
    public var maximumParts: Int
    /// The size of a field that is read as text, in bytes.
    public var maximumFieldBytes: Int
    /// The size of one part's header fields, in bytes.
    public var maximumHeaderBytes: Int
    /// The size of the preamble before the first boundary and of the epilogue after the last, in bytes.
    public var maximumPreambleBytes: Int

    /// Limits that suit forms with a file or two.
    public init(
        maximumParts: Int = 64, maximumFieldBytes: Int = 64 << 10, maximumHeaderBytes: Int = 8 << 10,
        maximumPreambleBytes: Int = 8 << 10
    ) {
        self.maximumParts = maximumParts
        self.maximumFieldBytes = maximumFieldBytes
        self.maximumHeaderBytes = maximumHeaderBytes
        self.maximumPreambleBytes = maximumPreambleBytes
    }
}

/// Why a multipart body was rejected.
public enum MultipartError: Error, Hashable, Sendable {
    /// The request's content type is not `multipart/form-data`.
    case notMultipart
    /// The content type names no boundary, or one that RFC 2046 does not allow.
    case missingBoundary
    /// The body is not what RFC 7578 describes.
    case malformed
    /// The body ended before its last boundary.
    case truncated
    /// There are more parts than allowed.
    case tooManyParts
    /// The field `name` is larger than allowed.
    case fieldTooLarge(name: String)
    /// A part's header fields are larger than allowed.
    case headersTooLarge
}
