/// A part of the media data that is changed as it passes.
struct BaseMediaPart {
    /// What it contains.
    enum Content {
        /// Samples of timed metadata, or a part of an item.
        case bytes
        /// An item of Exif: the offset of the TIFF header, and the file from there (ISO/IEC 23008-12, A.2.1).
        case exif
        /// An item of XMP, or of another media type.
        case text

        /// What takes the place of `bytes`: as many.
        func edited(_ bytes: [UInt8], removesAll: Bool) -> [UInt8] {
            switch self {
            case .bytes: return [UInt8](repeating: 0, count: bytes.count)
            case .exif:
                guard let skipped = bytes.bigEndian(0, 4), skipped <= bytes.count - 4 else {
                    return [UInt8](repeating: 0, count: bytes.count)
                }
                let start = 4 + skipped
                let prefix = bytes[4..<start].elementsEqual(Array("Exif\0\0".utf8)) ? start : 4
                let head = prefix == start ? Array(bytes[..<start]) : [0, 0, 0, 0]
                let block = ExifBlock.edited(Array(bytes[start...]), removesAll: removesAll)
                return head + block + [UInt8](repeating: 0, count: bytes.count - head.count - block.count)
            case .text: return XMPPacket.empty(bytes.count)
            }
        }
    }

    /// The maximum length of an item that is collected, in bytes; a longer one is overwritten.
    static let maximumLength = 1 << 20

    let range: Range<Int>
    let content: Content
}

/// The parts of the media data to be changed, by their offsets in the file.
struct BaseMediaPartList {
    private static let maximumCount = 262_144

    private var parts: [BaseMediaPart] = []
    private var position = 0

    /// Adds samples; neighbours become one part. Returns `false` where there are too many.
    mutating func add(_ ranges: [Range<Int>]) -> Bool {
        guard parts.count + ranges.count <= Self.maximumCount else { return false }
        add(ranges.map { BaseMediaPart(range: $0, content: .bytes) })
        return true
    }

    /// Adds parts, in any order.
    mutating func add(_ added: [BaseMediaPart]) {
        parts = (parts[position...] + added).sorted { $0.range.lowerBound < $1.range.lowerBound }
        position = 0
    }

    /// The first part that does not end before `offset`.
    mutating func next(from offset: Int) -> BaseMediaPart? {
        while position < parts.count, parts[position].range.upperBound <= offset { position += 1 }
        return position < parts.count ? parts[position] : nil
    }
}

extension BaseMediaSteps {
    /// Media data up to `end`: kept, but for the parts to be changed.
    mutating func mediaData(_ end: Int) -> FilterStep {
        guard offset < end, let part = parts.next(from: offset), part.range.lowerBound < end else {
            state = .between
            return take(end - offset, FilterStep.pass)
        }
        state = .mediaData(end: end)
        if part.range.lowerBound > offset { return take(part.range.lowerBound - offset, FilterStep.pass) }
        let count = min(part.range.upperBound, end) - offset
        if case .bytes = part.content { return take(count, FilterStep.blank) }
        guard part.range.lowerBound == offset, part.range.upperBound <= end, count <= BaseMediaPart.maximumLength else {
            return take(count, FilterStep.blank)
        }
        open.append(OpenBox(container: .file, end: end))
        state = .part(part.content)
        return take(count, FilterStep.collect)
    }
}
