public import Foundation
public import MediaModel

/// What is made of a medium's bytes, and can be made again.
public enum Derivative: String, Sendable, Hashable, Codable, CaseIterable {
    /// The preview of a video or an image.
    case thumbnail
    /// The peaks of a sound.
    case waveform
    /// Duration and dimensions.
    case measures

    /// The kinds of media that have it (``MediaRecord/kind``).
    public var kinds: Set<MediaKind> {
        switch self {
        case .thumbnail: [.video, .image]
        case .waveform: [.audio]
        case .measures: [.video, .audio, .image]
        }
    }
}

/// What a job does: which stored media to make derivatives of again, and which derivatives; or which objects to register as media; or
/// which user to delete with their files, or which files have expired.
public struct MediaJobRequest: Sendable, Hashable, Codable {
    /// Only objects whose key begins so.
    public var prefix: String?
    /// Only media of this kind (``MediaRecord/kind``).
    public var kind: MediaKind?
    /// Only what was sent at that time or later.
    public var since: Date?
    /// Only these objects, regardless of the other conditions.
    public var keys: [String]?
    /// The derivatives to make.
    public var only: Set<Derivative>
    /// For a job that registers objects of the object store as media: lines `PATTERN OWNER [DIALECT [KIND]]` that say whose they are. `nil` for one that
    /// makes derivatives again.
    public var importRules: [String]?
    /// For a job that deletes a user with all that is stored for them: the user's ID.
    public var erasedUser: String?
    /// For a job that deletes files which have expired: which, in the order of their kinds.
    public var expiries: [Expiry]?

    /// Files of one kind that were stored before a time.
    public struct Expiry: Sendable, Hashable, Codable {
        /// The kind of the files.
        public var kind: MediaKind
        /// The end of the time in which they were stored, which is not in it.
        public var before: Date

        /// Files of `kind` that were stored before `before`.
        public init(kind: MediaKind, before: Date) {
            self.kind = kind
            self.before = before
        }
    }
    /// For a job that makes a rendition of one object: which. `nil` for other jobs.
    public var rendition: RenditionProfile?

    /// A request; by default for everything that is stored.
    public init(
        prefix: String? = nil, kind: MediaKind? = nil, since: Date? = nil, keys: [String]? = nil,
        only: Set<Derivative> = Set(Derivative.allCases)
    ) {
        self.prefix = prefix
        self.kind = kind
        self.since = since
        self.keys = keys
        self.only = only
    }

    /// A request to register the objects `keys`, or all whose key begins with `prefix`, as media.
    public init(importing prefix: String?, keys: [String]? = nil, rules: [String]) {
        self.init(prefix: prefix, keys: keys)
        importRules = rules
    }

    /// A request to delete a user with their files, and the messages that show them.
    public init(erasing user: String) {
        self.init(only: [])
        erasedUser = user
    }

    /// A request to delete files that have expired, from the messages and media of their users.
    public init(expiring expiries: [Expiry]) {
        self.init(only: [])
        self.expiries = expiries.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    /// The item of a job that deletes a user which is the user themselves: the key of no object.
    package static func userItem(_ user: String) -> String { "user:" + user }

    /// A request to make a rendition of the object `key`.
    public init(making rendition: RenditionProfile, of key: String) {
        self.init(keys: [key])
        self.rendition = rendition
    }

    /// The kinds of media that the request is about.
    public var kinds: Set<MediaKind> {
        let kinds = only.reduce(into: Set<MediaKind>()) { $0.formUnion($1.kinds) }
        return kind.map { kinds.intersection([$0]) } ?? kinds
    }
}
