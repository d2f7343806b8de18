/// What a rendition is: a version of a stored medium that other players can play.
public enum RenditionProfile: String, Sendable, Hashable, Codable, CaseIterable {
    /// H.264 in MP4 with AAC, at most 720 lines, of standard dynamic range.
    case video720p = "video:h264-720p"
    /// AAC in MP4.
    case voiceM4A = "voice:m4a"
    /// Opus in Ogg.
    case voiceOpus = "voice:opus"

    /// The kind of media that it is made of, and of the rendition itself.
    public var kind: MediaKind { self == .video720p ? .video : .audio }

    /// The format of the rendition.
    public var format: MediaFormat {
        switch self {
        case .video720p: .mp4
        case .voiceM4A: .m4a
        case .voiceOpus: .ogg
        }
    }

    /// How the keys of its objects end, before the extension.
    public var keySuffix: String { rawValue.replacing(":", with: "-") }
}
