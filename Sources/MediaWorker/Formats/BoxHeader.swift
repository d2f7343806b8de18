/// The header of a box (ISO/IEC 14496-12, 4.2).
struct BoxHeader: Equatable {
    /// The four-character type.
    let type: String
    /// The length of the header itself, in bytes: 8 or 16.
    let headerLength: Int
    /// The length of the whole box, in bytes; `nil` when it extends to the end of the file.
    let length: Int?

    /// Parses 8 bytes, or 16 where the length needs them; `nil` when they are not a header, or too few.
    init?(_ bytes: [UInt8]) {
        guard let short = bytes.bigEndian(0, 4), bytes.count >= 8 else { return nil }
        type = String(decoding: bytes[4..<8], as: UTF8.self)
        switch short {
        case 0:
            headerLength = 8
            length = nil
        case 1:
            guard let long = bytes.bigEndian(8, 8), long >= 16 else { return nil }
            headerLength = 16
            length = long
        case 8...:
            headerLength = 8
            length = short
        default: return nil
        }
    }

    /// The maximum number of children of one box; writers make fewer.
    private static let maximumChildren = 65_536

    /// The consecutive boxes in `range` with the ranges of their content, clamped to `bytes`.
    static func children(_ bytes: [UInt8], in range: Range<Int>) -> [(type: String, content: Range<Int>)] {
        var result: [(type: String, content: Range<Int>)] = []
        var offset = range.lowerBound
        let limit = min(range.upperBound, bytes.count)
        while offset + 8 <= limit, result.count < maximumChildren,
            let header = BoxHeader(Array(bytes[offset..<min(offset + 16, limit)]))
        {
            let end = min(offset + min(header.length ?? limit - offset, limit - offset), limit)
            guard end >= offset + header.headerLength else { break }
            result.append((header.type, offset + header.headerLength..<end))
            offset = end
        }
        return result
    }
}
