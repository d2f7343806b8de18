import MediaModel

/// Finds where audio begins behind the tags (ID3v2, APEv2) and padding that its file begins with. A tag can be megabytes long, so
/// the caller passes only the bytes at ``offset``, repeatedly.
struct LeadingTags {
    /// The maximum number of tags and pieces of padding.
    private static let maximumSteps = 64

    /// The offset in the file of the bytes to pass next.
    private(set) var offset = 0
    /// Whether the file begins with a tag.
    var isTagged: Bool { offset > 0 }
    /// Whether there is anything but ID3 tags, the only tags that FFmpeg's demuxers skip.
    private(set) var hasOthers = false
    private var steps = 0

    init() {}

    /// Examines the bytes at ``offset``: ``DetectedType/sniffedBytes`` of them, or all to the end of the file. Returns `true`
    /// when the audio begins there; otherwise ``offset`` has advanced.
    mutating func skip(_ bytes: [UInt8]) -> Bool {
        steps += 1
        guard steps <= Self.maximumSteps else { return true }
        if let length = Self.id3Length(bytes) {
            offset += length
            return false
        }
        if let length = Self.apeLength(bytes) {
            offset += length
            hasOthers = true
            return false
        }
        // Padding that is not part of the tag's size.
        let zeros = isTagged ? bytes.prefix { $0 == 0 }.count : 0
        offset += zeros
        hasOthers = hasOthers || zeros > 0
        return zeros == 0
    }

    /// The length of the ID3v2 tag that begins here, with its header and footer; `nil` when none does. A text that begins with
    /// "ID3" is no tag: no version has the number of a letter.
    private static func id3Length(_ bytes: [UInt8]) -> Int? {
        guard bytes.has("ID3"), bytes.count >= 10, (2...4).contains(bytes[3]), bytes[4] != 0xFF,
            // Flags that the version does not define.
            bytes[5] & [0x3F, 0x1F, 0x0F][Int(bytes[3]) - 2] == 0,
            // The size consists of four bytes of seven bits.
            bytes[6..<10].allSatisfy({ $0 < 128 })
        else { return nil }
        let hasFooter = bytes[3] == 4 && bytes[5] & 0x10 != 0
        return 10 + bytes[6..<10].reduce(0) { $0 << 7 | Int($1) } + (hasFooter ? 10 : 0)
    }

    /// The maximum length of an APE tag, in bytes; one that contains pictures has a few megabytes.
    private static let longestAPE = 256 << 20

    /// The length of the APEv2 tag whose header begins here, with its footer; `nil` when none does. Only version 2 has a
    /// header, and so can precede the audio.
    private static func apeLength(_ bytes: [UInt8]) -> Int? {
        guard bytes.has("APETAGEX"), bytes.littleEndian(8, 4) == 2000, let size = bytes.littleEndian(12, 4),
            size <= longestAPE, let flags = bytes.littleEndian(20, 4), flags >> 29 & 1 == 1
        else { return nil }
        // The size does not include the header.
        return 32 + size
    }
}

extension MediaFormat {
    /// The formats that can follow such tags.
    static let tagged: [MediaFormat] = [.mp3, .aac, .flac, .wav, .ogg, .amr]
}
