public import Foundation

/// One of the chat systems that are served.
public struct Dialect: RawRepresentable, Sendable, Hashable, Codable {
    /// The name, as it stands in paths and settings.
    public let rawValue: String
    /// A dialect by its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Seed 0.
    public static let bananatalk = Dialect(rawValue: "bananatalk")

    /// Whether a conversation of two is *the* conversation of those two.
    var pairsAreDirect: Bool { self == .bananatalk }
}

/// Where messages go: a conversation of two, a chat or a room.
public struct Conversation: Sendable, Hashable {
    /// In the dialect's own form; unique within the dialect.
    public var id: String
    /// Whose it is.
    public var dialect: Dialect
    /// The users in it.
    public var members: Set<String>
    /// Whether it is *the* conversation of its two members: a direct message between them lands here. At most one such
    /// for a pair and dialect.
    public var isDirect: Bool
    /// Of a group or room.
    public var name: String?
    /// The dialect's own, e.g. a room's `allowMediaUpload`.
    public var settings: JSONValue
    /// When it was first told of.
    public var createdAt: Date

    /// A conversation. `isDirect` counts only with two members; without it the dialect decides.
    public init(
        id: String, dialect: Dialect, members: Set<String>, isDirect: Bool? = nil, name: String? = nil,
        settings: JSONValue = .object([:]), createdAt: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.members = members
        self.isDirect = (isDirect ?? dialect.pairsAreDirect) && members.count == 2
        self.name = name
        self.settings = settings
        self.createdAt = createdAt
    }
}
