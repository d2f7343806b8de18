public import ChatBridge
public import MediaModel

/// Whose an imported object is.
public struct ImportOrigin: Sendable, Hashable {
    /// The user who owns it.
    public var owner: String
    /// The chat system in which it counts as uploaded; `nil` for the native API.
    public var dialect: Dialect?
    /// The kind that it must be of; `nil` for any.
    public var kind: MediaKind?

    /// The origin of an object.
    public init(owner: String, dialect: Dialect? = nil, kind: MediaKind? = nil) {
        self.owner = owner
        self.dialect = dialect
        self.kind = kind
    }
}
