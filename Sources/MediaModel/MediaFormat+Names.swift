extension MediaFormat {
    /// The format under which a file of this container is stored when it carries `kind`: an MP4 with audio alone is an M4A.
    public func variant(_ kind: MediaKind) -> MediaFormat {
        switch (self, kind) {
        case (.mp4, .audio), (.quickTime, .audio), (.m4v, .audio): .m4a
        case (.m4a, .video): .mp4
        default: self
        }
    }

    /// The media type under which a file of this format that carries `kind` is stored and served.
    public func mimeType(_ kind: MediaKind) -> String {
        switch self {
        case .mp4: "video/mp4"
        case .quickTime: "video/quicktime"
        case .m4v: "video/x-m4v"
        case .threeGP: kind == .audio ? "audio/3gpp" : "video/3gpp"
        case .threeGPP2: kind == .audio ? "audio/3gpp2" : "video/3gpp2"
        case .avi: "video/x-msvideo"
        case .webm: kind == .audio ? "audio/webm" : "video/webm"
        case .matroska: kind == .audio ? "audio/x-matroska" : "video/x-matroska"
        case .flv: "video/x-flv"
        case .mpegTS: "video/mp2t"
        case .mpegPS: "video/mpeg"
        case .mp3: "audio/mpeg"
        case .m4a: "audio/mp4"
        case .wav: "audio/wav"
        case .ogg: kind == .video ? "video/ogg" : "audio/ogg"
        case .amr: "audio/amr"
        case .flac: "audio/flac"
        case .aac: "audio/aac"
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .gif: "image/gif"
        case .webp: "image/webp"
        case .heic: "image/heic"
        case .avif: "image/avif"
        }
    }

    /// The file extension of a stored object's key, without a dot.
    public func fileExtension(_ kind: MediaKind) -> String {
        switch self {
        case .mp4, .m4v, .avi, .webm, .flv, .mp3, .m4a, .wav, .amr, .flac, .aac, .png, .gif, .webp, .heic, .avif:
            rawValue
        case .quickTime: "mov"
        case .threeGP: "3gp"
        case .threeGPP2: "3g2"
        case .matroska: kind == .audio ? "mka" : "mkv"
        case .mpegTS: "ts"
        case .mpegPS: "mpg"
        case .ogg: kind == .video ? "ogv" : "ogg"
        case .jpeg: "jpg"
        }
    }

    /// The kind that every file of this format has; `nil` for containers that can hold video or audio.
    public var certainKind: MediaKind? {
        switch self {
        case .mp3, .wav, .amr, .flac, .aac: .audio
        case .jpeg, .png, .gif, .webp, .heic, .avif: .image
        case .mp4, .quickTime, .m4v, .threeGP, .threeGPP2, .m4a, .avi, .webm, .matroska, .flv, .mpegTS, .mpegPS, .ogg:
            nil
        }
    }
}
