import FFmpeg
import MediaModel

extension MediaFormat {
    /// The demuxer that reads files of this format; `nil` for images.
    var demuxer: Demuxer.Format? {
        switch self {
        case .mp4, .quickTime, .m4v, .threeGP, .threeGPP2, .m4a: .mov
        case .avi: .avi
        case .webm, .matroska: .matroska
        case .flv: .flv
        case .mpegTS: .mpegts
        case .mpegPS: .mpeg
        case .mp3: .mp3
        case .wav: .wav
        case .ogg: .ogg
        case .amr: .amr
        case .flac: .flac
        case .aac: .aac
        case .jpeg, .png, .gif, .webp, .heic, .avif: nil
        }
    }

    /// Whether this is an ISO base media format: boxes, with an index in `moov`.
    var isBaseMedia: Bool { demuxer == .mov }
}
