/// A part of an object that is written in parts.
public struct ObjectPart: Codable, Sendable, Hashable {
    /// The number of its bytes.
    public var size: Int
    /// What the store calls its content.
    public var etag: String

    /// A part that was written.
    public init(size: Int, etag: String) {
        self.size = size
        self.etag = etag
    }
}

/// An object that is being written in parts, possibly by several processes one after another.
public struct PartwiseWrite: Codable, Sendable, Hashable {
    /// What the keys of all objects begin with that are written in parts.
    public static let keyPrefix = "resumable/"
    /// The most parts of an object.
    public static let maximumParts = PartPlan.maximumParts
    /// The size of every part but the last, in bytes. It is the same for all, as some stores require, and at least what
    /// Amazon S3 requires.
    public static let partSize = PartPlan.usualPartSize

    /// The key under which the object will be visible.
    public var key: ObjectKey
    /// What the store calls the write.
    public var id: String

    /// A write that was begun.
    public init(key: ObjectKey, id: String) {
        self.key = key
        self.id = id
    }
}
