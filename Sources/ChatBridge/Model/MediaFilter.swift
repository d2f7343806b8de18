public import Foundation
public import MediaModel

/// Which media a list has. Conditions that are `nil` hold for all.
public struct MediaFilter: Sendable, Hashable {
    /// The user whom they belong to.
    public var owner: String?
    /// What they are.
    public var kind: MediaKind?
    /// The dialect in which they were uploaded; ``Dialect/native`` for the native API.
    public var dialect: Dialect?
    /// The earliest creation, inclusive.
    public var since: Date?
    /// The latest creation, exclusive.
    public var before: Date?

    /// A filter by those conditions.
    public init(
        owner: String? = nil, kind: MediaKind? = nil, dialect: Dialect? = nil, since: Date? = nil, before: Date? = nil
    ) {
        self.owner = owner
        self.kind = kind
        self.dialect = dialect
        self.since = since
        self.before = before
    }
}

/// Where a page of a list of media ends: the last medium on it. Media that are created or deleted later move nothing.
public struct MediaPosition: Sendable, Hashable {
    /// When the medium was created.
    public let createdAt: Date
    /// Its ID.
    public let id: String

    /// A position behind the medium of that ID.
    public init(createdAt: Date, id: String) {
        self.createdAt = createdAt
        self.id = id
    }
}
