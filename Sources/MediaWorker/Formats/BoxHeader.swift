/// The first bytes of a box.
struct BoxHeader: Equatable {
    /// Four characters.
    let type: String
    /// Bytes of the header itself: 8 or 16.
    let headerLength: Int
    /// Bytes of the whole box; `nil` when it reaches to the end of the file.
    let length: Int?

    /// Reads 8 bytes, or 16 where the length needs them; `nil` when they are no box or too few.
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

    /// More than any writer makes in one box.
    private static let maximumChildren = 65_536

    /// The boxes that follow each other in `range`, each with where its content lies; cut at the end of `bytes`.
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
