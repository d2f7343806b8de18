import FFmpeg

/// When the last sample of a container begins that has no index to be believed, found without reading samples: from header
/// to header. That is what can be held against the length that the container states.
enum LastTimestamp {
    /// A day of video with its sound has seven million samples.
    private static let maximumElements = 16 << 20

    /// In seconds; `nil` where the container has no such headers, or something stands between them that is none: a demuxer
    /// may find more behind it.
    static func seconds(
        _ source: ByteSource, container: Container, deadline: Deadline
    ) throws(FFmpegError) -> Double? {
        switch container {
        case .webm, .matroska: try matroska(source, deadline)
        case .flv: try flash(source, deadline)
        default: nil
        }
    }

    // Identifiers of RFC 9559, 5.1.
    private static let entered: Set = [0x1853_8067, 0x1F43_B675, 0xA0, 0x1549_A966]
    private static let (cluster, timestamp, scale) = (0x1F43_B675, 0xE7, 0x2A_D7B1)
    private static let (block, simpleBlock, duration) = (0xA1, 0xA3, 0x9B)

    private static func matroska(_ source: ByteSource, _ deadline: Deadline) throws(FFmpegError) -> Double? {
        // In units of the scale, which is in nanoseconds.
        var (unit, clusterTime, blockTime, last) = (1_000_000, 0, 0, 0)
        var (offset, steps) = (0, 0)
        // Where the elements end that surround this one. What reaches beyond them is no element.
        var ends = [source.size]
        while offset < source.size {
            steps += 1
            guard steps <= maximumElements else { return nil }
            if steps.isMultiple(of: 4096) { try deadline.check() }
            while ends.count > 1, ends[ends.count - 1] <= offset { ends.removeLast() }
            let head = try source.bytes(offset..<offset + 24)
            guard let element = ElementHeader(head) else { return nil }
            let content = head[element.length...]
            switch element.identifier {
            case cluster: clusterTime = 0
            case timestamp, scale, duration:
                guard let size = element.size, let value = content.bigEndian(0, size) else { return nil }
                switch element.identifier {
                case timestamp: clusterTime = value
                case scale: unit = value
                default: last = max(last, sum(blockTime, value))
                }
            case block, simpleBlock:
                guard let track = Int(exactly: content.first?.leadingZeroBitCount ?? 0),
                    let relative = content.bigEndian(track + 1, 2)
                else { return nil }
                blockTime = sum(clusterTime, Int(Int16(truncatingIfNeeded: relative)))
                last = max(last, blockTime)
            default: break
            }
            offset += element.length
            guard let end = element.size.map({ sum(offset, $0) }) else {
                guard entered.contains(element.identifier) else { return nil }
                continue
            }
            guard end <= ends[ends.count - 1] else { return nil }
            if entered.contains(element.identifier) { ends.append(end) } else { offset = end }
        }
        return Double(last) * Double(unit) / 1e9
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    /// Tags, each with a time in milliseconds, of which the upper byte stands behind the others.
    private static func flash(_ source: ByteSource, _ deadline: Deadline) throws(FFmpegError) -> Double? {
        guard let start = try source.bytes(0..<9).bigEndian(5, 4) else { return nil }
        var (offset, last, steps) = (start + 4, 0, 0)
        while offset + 11 <= source.size {
            steps += 1
            guard steps <= maximumElements else { return nil }
            if steps.isMultiple(of: 4096) { try deadline.check() }
            let head = try source.bytes(offset..<offset + 11)
            guard [8, 9, 18].contains(head[0] & 0x1F), let size = head.bigEndian(1, 3),
                let time = head.bigEndian(4, 3)
            else { return nil }
            last = max(last, Int(head[7]) << 24 | time)
            offset += 11 + size + 4
        }
        return Double(last) / 1000
    }
}

/// The identifier and the size in front of an element (RFC 8794, 5 and 6).
private struct ElementHeader {
    /// With its marker.
    let identifier: Int
    /// Of the content, in bytes; `nil` where it ends with what follows.
    let size: Int?
    /// Bytes of the header.
    let length: Int

    init?(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return nil }
        let width = first.leadingZeroBitCount + 1
        guard width <= 4, let identifier = bytes.bigEndian(0, width), bytes.count > width else { return nil }
        let sizeWidth = bytes[width].leadingZeroBitCount + 1
        guard sizeWidth <= 8, let number = bytes.bigEndian(width, sizeWidth) else { return nil }
        let ones = 1 << (7 * sizeWidth) - 1
        self.identifier = identifier
        size = number & ones == ones ? nil : number & ones
        length = width + sizeWidth
    }
}
