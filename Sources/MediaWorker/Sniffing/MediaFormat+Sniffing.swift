import MediaModel

extension MediaFormat {
    /// Detects the format of a media file by its head; `nil` for anything else, and for audio behind tags (``LeadingTags``).
    init?(_ head: [UInt8]) {
        let container =
            MediaFormat(baseMedia: head) ?? MediaFormat(matroska: head) ?? MediaFormat(riff: head)
            ?? MediaFormat(signature: head)
        if let container {
            self = container
        } else if DocumentType(sniffing: head) == .unknown, let container = MediaFormat(mpegAudio: head) {
            self = container
        } else {
            return nil
        }
    }

    /// Detects Matroska and WebM by the document type in the EBML header (RFC 8794, section 11.2).
    init?(matroska head: [UInt8]) {
        guard head.bigEndian(0, 4) == 0x1A45_DFA3, let header = Self.number(head, at: 4) else { return nil }
        var offset = 4 + header.width
        let end = min(offset.addingReportingOverflow(header.value).partialValue, head.count)
        while offset >= 0, offset < end {
            // The leading zeros of an identifier encode its length, as those of a size do.
            let width = head[offset].leadingZeroBitCount + 1
            guard width <= 4, let identifier = head.bigEndian(offset, width),
                let size = Self.number(head, at: offset + width)
            else { return nil }
            let content = offset + width + size.width
            if identifier == 0x4282 {
                let name = head.dropFirst(content).prefix(min(size.value, 16)).prefix { $0 != 0 }
                switch String(decoding: name, as: UTF8.self) {
                case "webm": self = .webm
                case "matroska": self = .matroska
                default: return nil
                }
                return
            }
            guard size.value < head.count else { return nil }
            offset = content + size.value
        }
        return nil
    }

    /// A variable-size integer, whose leading zeros encode its length (RFC 8794, section 4).
    private static func number(_ head: [UInt8], at offset: Int) -> (value: Int, width: Int)? {
        guard let first = head.bigEndian(offset, 1) else { return nil }
        let width = UInt8(first).leadingZeroBitCount + 1
        guard width <= 8, let number = head.bigEndian(offset, width) else { return nil }
        return (number & (1 << (7 * width) - 1), width)
    }

    /// Detects RIFF files, and the 64-bit form of WAVE (EBU Tech 3306), by their form type.
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

    /// Detects formats by a signature and the structure that follows it.
    init?(signature head: [UInt8]) {
        // A start of image, and the marker of what follows (ITU-T T.81, B.1.1.3).
        if head.starts(with: [0xFF, 0xD8, 0xFF]), head.count > 3, head[3] >= 0xC0 {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.has("GIF87a") || head.has("GIF89a") {
            self = .gif
        } else if head.has("OggS\0"), head.count > 5, head[5] < 8 {
            self = .ogg
        } else if head.has("fLaC"), let block = head.bigEndian(4, 4), block & 0x7FFF_FFFF == 34 {
            // The first metadata block is STREAMINFO, of 34 bytes (RFC 9639, section 8.2).
            self = .flac
        } else if AMRFrames.begin(head) {
            self = .amr
        } else if head.has("FLV\u{1}"), head.count > 8, head[4] & 0xFA == 0, head.bigEndian(5, 4) == 9 {
            self = .flv
        } else if head.has("\0\0\u{1}"), head.count > 4, head[3] == 0xBA, head[4] >> 4 == 2 || head[4] >> 6 == 1 {
            // A pack of MPEG-1 or MPEG-2 (ISO/IEC 13818-1, 2.5.3.3).
            self = .mpegPS
        } else if TransportPackets.fill(head) {
            self = .mpegTS
        } else {
            return nil
        }
    }
}
