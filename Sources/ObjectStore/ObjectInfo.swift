public import Foundation

/// What a store knows about an object.
public struct ObjectInfo: Sendable, Hashable {
    /// Its name.
    public let key: ObjectKey
    /// Its size in bytes.
    public let size: Int
    /// What was given when it was written.
    public let attributes: ObjectAttributes
    /// When it was completed.
    public let modified: Date
    /// A strong entity tag with its quotes, as HTTP writes it (RFC 9110 section 8.8.3). It changes with the bytes.
    public let etag: String

    /// Creates the description of an object.
    public init(key: ObjectKey, size: Int, attributes: ObjectAttributes, modified: Date, etag: String) {
        self.key = key
        self.size = size
        self.attributes = attributes
        self.modified = modified
        self.etag = etag
    }
}
