extension Container {
    /// ISO base media files by their brands (ISO/IEC 14496-12, 4.3) and QuickTime files older than brands.
    init?(baseMedia head: [UInt8]) {
        guard let size = head.bigEndian(0, 4), head.count >= 12 else { return nil }
        if !head.has("ftyp", at: 4) {
            let first = ["moov", "mdat", "wide", "free", "skip", "pnot"] as [StaticString]
            guard first.contains(where: { head.has($0, at: 4) }), size == 1 || size >= 8 else { return nil }
            self = .quickTime
            return
        }
        let end = min(max(size, 16), head.count)
        let brands = ([8] + Array(stride(from: 16, to: end, by: 4))).compactMap { offset in
            offset + 4 <= head.count ? String(decoding: head[offset..<offset + 4], as: UTF8.self) : nil
        }
        guard let container = Container(major: brands.first ?? "", compatible: brands.dropFirst()) else { return nil }
        self = container
    }

    private init?(major: String, compatible: ArraySlice<String>) {
        switch major {
        case "qt  ": self = .quickTime
        case "M4V ", "M4VH", "M4VP": self = .m4v
        case "M4A ", "M4B ", "M4P ": self = .m4a
        case "avif", "avis": self = .avif
        case "mif1", "msf1": self = compatible.contains("avif") ? .avif : .heic
        case "heic", "heix", "heim", "heis", "hevc", "hevx": self = .heic
        case "jp2 ", "jpx ", "jpm ", "mjp2", "crx ": return nil
        case _ where major.hasPrefix("3gp") || major.hasPrefix("3g2") || major.hasPrefix("3gs"): self = .threeGP
        default: self = .mp4
        }
    }

    /// Matroska and WebM by the document type in the EBML header (RFC 8794, 11.2).
    init?(matroska head: [UInt8]) {
        guard head.has("\u{1A}"), head.bigEndian(0, 4) == 0x1A45_DFA3 else { return nil }
        let documentType: [UInt8] = [0x42, 0x82]
        guard
            let position = head.prefix(256).indices.first(where: { head[$0...].starts(with: documentType) }),
            let first = head.bigEndian(position + 2, 1)
        else { return nil }
        // A size says by its leading zeros how many bytes it takes (RFC 8794, 4).
        let width = UInt8(first).leadingZeroBitCount + 1
        guard width <= 8, let size = head.bigEndian(position + 2, width) else { return nil }
        let length = size & (1 << (7 * width) - 1)
        let name = head.dropFirst(position + 2 + width).prefix(min(length, 16)).prefix { $0 != 0 }
        switch String(decoding: name, as: UTF8.self) {
        case "webm": self = .webm
        case "matroska": self = .matroska
        default: return nil
        }
    }

    /// RIFF files, and WAVE's 64-bit form (EBU Tech 3306).
    init?(riff head: [UInt8]) {
        guard head.has("RIFF") || head.has("RF64") || head.has("BW64") else { return nil }
        if head.has("WAVE", at: 8) {
            self = .wav
        } else if head.has("AVI ", at: 8) {
            self = .avi
        } else if head.has("WEBP", at: 8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// Formats that begin with a word of their own.
    init?(signature head: [UInt8]) {
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.has("GIF87a") || head.has("GIF89a") {
            self = .gif
        } else if head.has("OggS") {
            self = .ogg
        } else if head.has("fLaC") {
            self = .flac
        } else if head.has("#!AMR\n") || head.has("#!AMR-WB\n") {
            self = .amr
        } else if head.has("FLV\u{1}") {
            self = .flv
        } else if head.count > 376, [0, 188, 376].allSatisfy({ head[$0] == 0x47 }) {
            self = .mpegTS
        } else {
            return nil
        }
    }

    /// MPEG audio and ADTS: a tag, or two frames that follow each other.
    init?(mpegAudio head: [UInt8]) {
        var start = 0
        if head.has("ID3") {
            // The tag's size is four times seven bits (ID3v2.4, 3.1).
            guard head.count >= 10, head[6..<10].allSatisfy({ $0 < 128 }) else { return nil }
            start = 10 + head[6..<10].reduce(0) { $0 << 7 | Int($1) }
            // Behind a tag with a picture in it nothing can be seen yet.
            guard start + 8 < head.count else {
                self = .mp3
                return
            }
            if head.has("fLaC", at: start) {
                self = .flac
                return
            }
        }
        if MPEGAudioFrame.chain(head, at: start) >= 2 {
            self = .mp3
        } else if let length = ADTSFrame.length(head, at: start),
            start + length + 7 > head.count || ADTSFrame.length(head, at: start + length) != nil
        {
            self = .aac
        } else if start > 0 || MPEGAudioFrame.isWithin(head) {
            self = .mp3
        } else {
            return nil
        }
    }
}

/// A frame of MPEG-1 or MPEG-2 audio, layers I to III (ISO/IEC 11172-3, 2.4.1.3).
private enum MPEGAudioFrame {
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

    /// How many frames follow each other from `offset`, to 3 at most; one that the end cuts counts for two.
    static func chain(_ bytes: [UInt8], at offset: Int) -> Int {
        var offset = offset
        for count in 0..<3 {
            guard let length = length(bytes, at: offset) else {
                return offset + 4 > bytes.count && count > 0 ? count + 1 : count
            }
            offset += length
        }
        return 3
    }

    /// Whether frames begin somewhere in the head: a stream that was cut out of a longer one begins with the rest of a
    /// frame, or with silence. Text never looks like that.
    static func isWithin(_ bytes: [UInt8]) -> Bool {
        guard bytes.prefix(64).contains(where: { $0 < 9 }) else { return false }
        return bytes.indices.dropLast(4).contains { bytes[$0] == 0xFF && chain(bytes, at: $0) == 3 }
    }

    /// The bytes of the frame whose header stands at `offset`; `nil` when none does.
    static func length(_ bytes: [UInt8], at offset: Int) -> Int? {
        guard let header = bytes.bigEndian(offset, 4), header >> 21 == 0x7FF else { return nil }
        let version = header >> 19 & 3
        let layer = 4 - (header >> 17 & 3)
        let rate = header >> 12 & 15
        let frequency = header >> 10 & 3
        guard version != 1, layer != 4, rate != 0, rate != 15, frequency != 3 else { return nil }
        let hertz = [44_100, 48_000, 32_000][frequency] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
        let bits = (version == 3 ? rates1 : rates2)[layer - 1][rate] * 1000
        let padding = header >> 9 & 1
        if layer == 1 { return (12 * bits / hertz + padding) * 4 }
        return (layer == 3 && version != 3 ? 72 : 144) * bits / hertz + padding
    }
}

/// A frame of AAC with its ADTS header (ISO/IEC 13818-7, 6.2).
private enum ADTSFrame {
    static func length(_ bytes: [UInt8], at offset: Int) -> Int? {
        guard let header = bytes.bigEndian(offset, 7), header >> 44 == 0xFFF, header >> 41 & 3 == 0 else { return nil }
        let length = header >> 13 & 0x1FFF
        guard header >> 34 & 15 < 13, length > 7 else { return nil }
        return length
    }
}
