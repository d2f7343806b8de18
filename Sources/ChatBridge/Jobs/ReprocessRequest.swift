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

/// Which stored media to make derivatives of again, and which derivatives.
public struct ReprocessRequest: Sendable, Hashable, Codable {
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

    /// The kinds of media that the request is about.
    public var kinds: Set<MediaKind> {
        let kinds = only.reduce(into: Set<MediaKind>()) { $0.formUnion($1.kinds) }
        return kind.map { kinds.intersection([$0]) } ?? kinds
    }
}
