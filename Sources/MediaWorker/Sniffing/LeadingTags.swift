import MediaModel

/// Where a sound begins behind the tags (ID3v2, APEv2) that its file begins with, one after another, and their padding. A tag
/// can be megabytes long: the caller looks at the few bytes at ``offset``, again and again.
struct LeadingTags {
    /// More tags, and more pieces of padding, are nobody's.
    private static let mostSteps = 64

    /// Where to look next, counted from the start of the file.
    private(set) var offset = 0
    /// Whether there is a tag at all.
    var isTagged: Bool { offset > 0 }
    /// Whether there is anything but ID3 tags, which are all that FFmpeg's demuxers pass over by themselves.
    private(set) var hasOthers = false
    private var steps = 0

    init() {}

    /// Takes the bytes that stand at ``offset``: ``DetectedType/sniffedBytes`` of them, or all to the end of the file. Returns
    /// whether the place is found; otherwise ``offset`` has moved on.
    mutating func pass(_ bytes: [UInt8]) -> Bool {
        steps += 1
        guard steps <= Self.mostSteps else { return true }
        if let length = Self.id3Length(bytes) {
            offset += length
            return false
        }
        if let length = Self.apeLength(bytes) {
            offset += length
            hasOthers = true
            return false
        }
        // Padding that a tag does not count as its own.
        let zeros = isTagged ? bytes.prefix { $0 == 0 }.count : 0
        offset += zeros
        hasOthers = hasOthers || zeros > 0
        return zeros == 0
    }

    /// The bytes of the ID3v2 tag that begins here, its header and footer included; `nil` when none does. Words that begin
    /// like a tag are none: no version of it has the number of a letter.
    private static func id3Length(_ bytes: [UInt8]) -> Int? {
        guard bytes.has("ID3"), bytes.count >= 10, (2...4).contains(bytes[3]), bytes[4] != 0xFF,
            // Flags that the version does not have.
            bytes[5] & [0x3F, 0x1F, 0x0F][Int(bytes[3]) - 2] == 0,
            // The size is four times seven bits.
            bytes[6..<10].allSatisfy({ $0 < 128 })
        else { return nil }
        let hasFooter = bytes[3] == 4 && bytes[5] & 0x10 != 0
        return 10 + bytes[6..<10].reduce(0) { $0 << 7 | Int($1) } + (hasFooter ? 10 : 0)
    }

    /// A tag with pictures in it has a few megabytes.
    private static let longestAPE = 256 << 20

    /// The bytes of the APEv2 tag whose header begins here, its footer included; `nil` when none does. Only this version has
    /// a header, and so may stand in front.
    private static func apeLength(_ bytes: [UInt8]) -> Int? {
        guard bytes.has("APETAGEX"), bytes.littleEndian(8, 4) == 2000, let size = bytes.littleEndian(12, 4),
            size <= longestAPE, let flags = bytes.littleEndian(20, 4), flags >> 29 & 1 == 1
        else { return nil }
        // The size leaves out the header.
        return 32 + size
    }
}

extension MediaFormat {
    /// What stands behind such tags.
    static let tagged: [MediaFormat] = [.mp3, .aac, .flac, .wav, .ogg, .amr]
}
