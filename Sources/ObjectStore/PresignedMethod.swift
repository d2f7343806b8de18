/// What a signed URL allows.
public enum PresignedMethod: Sendable, Hashable {
    /// Read the object (`GET` and `HEAD`).
    case get
    /// Write the object with exactly this media type and this many bytes: the request's `Content-Type` and
    /// `Content-Length` are part of what is signed.
    case put(contentType: String, length: Int)
}
