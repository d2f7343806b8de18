public import Foundation
public import JSON

/// What a dialect stores of a user beside their record, and finds by a key: an account by its e-mail address, a device by its
/// token. The key is unique among the records of a kind.
public struct UserRecord: Sendable, Hashable {
    /// What a record is of.
    public struct Kind: RawRepresentable, Sendable, Hashable {
        /// The name of it, as it is stored.
        public let rawValue: String
        /// A kind by its name.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// An account, by its e-mail address in lower case.
        public static let account = Kind(rawValue: "account")
        /// The identity that another provider knows a user by, by the provider's name and its ID of the user.
        public static let identity = Kind(rawValue: "identity")
        /// A device that notifications are pushed to, by its token.
        public static let device = Kind(rawValue: "device")
        /// A login of a user that has ended before its refresh tokens expire, by what these have in common.
        public static let endedLogin = Kind(rawValue: "endedLogin")
        /// A sticker set that a user has added to theirs, by both IDs.
        public static let stickerSet = Kind(rawValue: "stickerSet")
    }

    /// The dialect that it belongs to.
    public var dialect: Dialect
    /// What it is of.
    public var kind: Kind
    /// By what it is found.
    public var key: String
    /// The user whose it is.
    public var user: String
    /// What is stored.
    public var value: JSONValue
    /// When it was made.
    public var createdAt: Date

    /// A record of a user.
    public init(
        dialect: Dialect, kind: Kind, key: String, user: String, value: JSONValue = .object([:]), createdAt: Date
    ) {
        self.dialect = dialect
        self.kind = kind
        self.key = key
        self.user = user
        self.value = value
        self.createdAt = createdAt
    }
}
