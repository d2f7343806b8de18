import MediaModel

/// The header of a frame of MPEG audio, layers I to III (ISO/IEC 11172-3, 2.4.1.3), or of AAC with its ADTS header
/// (ISO/IEC 13818-7, 6.2).
struct MPEGAudioFrame: Equatable {
    /// The header fields that all frames of one stream share.
    struct Kind: Equatable {
        let isAAC: Bool
        /// Version, layer and sampling frequency, or for AAC the profile and the frequency.
        let fields: [Int]
    }

    let kind: Kind
    /// The length in bytes, header included.
    let length: Int

    /// The frame that begins at `offset`; `nil` when none does.
    init?(_ bytes: [UInt8], at offset: Int) {
        guard let frame = Self(layered: bytes, offset) ?? Self(adts: bytes, offset) else { return nil }
        self = frame
    }

    private init(kind: Kind, length: Int) {
        self.kind = kind
        self.length = length
    }

    private static let rates1 = [
        [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    ]
    private static let rates2 = [
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]

    private init?(layered bytes: [UInt8], _ offset: Int) {
        guard let header = bytes.bigEndian(offset, 4), header >> 21 == 0x7FF else { return nil }
        let version = header >> 19 & 3
        let layer = 4 - (header >> 17 & 3)
        let rate = header >> 12 & 15
        let frequency = header >> 10 & 3
        guard version != 1, layer != 4, rate != 0, rate != 15, frequency != 3 else { return nil }
        let hertz = [44_100, 48_000, 32_000][frequency] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
        let bits = (version == 3 ? Self.rates1 : Self.rates2)[layer - 1][rate] * 1000
        let padding = header >> 9 & 1
        let kind = Kind(isAAC: false, fields: [version, layer, frequency])
        if layer == 1 {
            self.init(kind: kind, length: (12 * bits / hertz + padding) * 4)
        } else {
            self.init(kind: kind, length: (layer == 3 && version != 3 ? 72 : 144) * bits / hertz + padding)
        }
    }

    private init?(adts bytes: [UInt8], _ offset: Int) {
        guard let header = bytes.bigEndian(offset, 7), header >> 44 == 0xFFF, header >> 41 & 3 == 0 else { return nil }
        let length = header >> 13 & 0x1FFF
        let (profile, frequency) = (header >> 38 & 3, header >> 34 & 15)
        guard frequency < 13, length > 7 else { return nil }
        self.init(kind: Kind(isAAC: true, fields: [profile, frequency]), length: length)
    }

    /// Consecutive frames of one kind.
    struct Chain {
        let kind: Kind
        let frames: Int
        /// Whether the frames reach to the end of the bytes.
        let reachesEnd: Bool
    }

    /// The consecutive frames from `offset` on; `nil` when none begins there.
    static func chain(_ bytes: [UInt8], at offset: Int) -> Chain? {
        guard let first = MPEGAudioFrame(bytes, at: offset) else { return nil }
        var (next, frames) = (offset + first.length, 1)
        while let frame = MPEGAudioFrame(bytes, at: next), frame.kind == first.kind {
            next += frame.length
            frames += 1
        }
        // A remainder shorter than a header cannot be examined.
        return Chain(kind: first.kind, frames: frames, reachesEnd: next + 7 > bytes.count)
    }
}

extension MediaFormat {
    /// Detects MPEG audio and ADTS from the first byte on: consecutive frames of one kind up to the end of the head.
    init?(mpegAudio bytes: [UInt8]) {
        var start = 0
        if bytes.starts(with: [0, 0, 0, 0]) {
            // Some writers begin with zeros, which the remainder of a cut frame may follow.
            let padding = bytes.prefix { $0 == 0 }.count
            guard
                let found = (padding..<min(padding + Self.maximumRemainder, bytes.count)).first(where: {
                    MPEGAudioFrame.chain(bytes, at: $0).map { $0.frames >= 3 && $0.reachesEnd } ?? false
                })
            else { return nil }
            start = found
        }
        guard let chain = MPEGAudioFrame.chain(bytes, at: start) else { return nil }
        // A tag at the end of a short file, or one damaged frame after several intact ones, is tolerated.
        guard chain.reachesEnd ? chain.frames >= 2 : chain.frames >= 4 else { return nil }
        self = chain.kind.isAAC ? .aac : .mp3
    }

    /// Detects MPEG audio frames that begin anywhere: only where other evidence shows that the file is audio.
    init?(mpegAudioWithin bytes: [UInt8]) {
        let chain = bytes.indices.lazy.compactMap { bytes[$0] == 0xFF ? MPEGAudioFrame.chain(bytes, at: $0) : nil }
            .first { $0.reachesEnd ? $0.frames >= 2 : $0.frames >= 3 }
        guard let chain else { return nil }
        self = chain.kind.isAAC ? .aac : .mp3
    }

    private static let maximumRemainder = 64
}
