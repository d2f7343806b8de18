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

/// What a job does: which stored media to make derivatives of again, and which derivatives; or which objects to register as media.
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
