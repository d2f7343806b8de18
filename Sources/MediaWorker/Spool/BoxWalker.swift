/// Follows an ISO base media file as it arrives and returns the ranges that an inspection needs: every box but media data, wherever
/// it is in the file, and the beginning of the media data (ISO/IEC 14496-12, 4.2). A pure state machine.
struct BoxWalker {
    /// How much is kept, in bytes.
    struct Limits {
        /// Media data: the first seconds.
        var mediaData = 16 << 20
        /// Everything else: the index of a day of video is about 30 MB.
        var others = 32 << 20
    }

    private enum State {
        /// The first bytes of a header, until it is complete.
        case header([UInt8])
        /// Inside a box: how many bytes of it follow (`nil` to the end of the file), and how many of them are kept.
        case body(type: String, remaining: Int?, kept: Int)
    }

    private static let mediaDataTypes: Set = ["mdat", "free", "skip", "wide"]

    private var limits: Limits
    private var state = State.header([])
    private var offset = 0
    /// Whether the whole index has arrived.
    private(set) var hasIndex = false
    /// Whether samples are described in fragments, so that the index is incomplete.
    private(set) var isFragmented = false
    /// Whether any range was not kept.
    private(set) var hasHoles = false
    /// How many bytes of media data have arrived, kept or not.
    private(set) var mediaBytes = 0
    /// Whether media data preceded the index.
    private(set) var isIndexLate = false

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Receives the next bytes and returns the ranges to keep, in offsets from the start of the file.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var kept: [Range<Int>] = []
        var position = 0
        while position < bytes.count {
            let start = offset + position
            switch state {
            case .header(var header):
                header.append(bytes[position])
                position += 1
                Self.append(start..<start + 1, to: &kept)
                state = after(header)
            case .body(let type, let remaining, let keep):
                let count = min(remaining ?? .max, bytes.count - position)
                let keptCount = min(keep, count)
                Self.append(start..<start + keptCount, to: &kept)
                if keptCount < count { hasHoles = true }
                position += count
                let rest = remaining.map { $0 - count }
                if type == "mdat" { mediaBytes += count }
                if Self.mediaDataTypes.contains(type) {
                    limits.mediaData -= keptCount
                } else {
                    limits.others -= keptCount
                }
                state = rest == 0 ? end(of: type) : .body(type: type, remaining: rest, kept: keep - keptCount)
            }
        }
        offset += bytes.count
        return kept
    }

    private mutating func after(_ bytes: [UInt8]) -> State {
        guard bytes.count >= 8 else { return .header(bytes) }
        let isLong = bytes[0..<4].elementsEqual([0, 0, 0, 1])
        if isLong && bytes.count < 16 { return .header(bytes) }
        // After an invalid header, nothing that follows can be interpreted.
        guard let header = BoxHeader(bytes) else { return .body(type: "free", remaining: nil, kept: limits.mediaData) }
        if header.type == "moof" { isFragmented = true }
        let budget = Self.mediaDataTypes.contains(header.type) ? limits.mediaData : limits.others
        guard let length = header.length else { return .body(type: header.type, remaining: nil, kept: budget) }
        let remaining = length - header.headerLength
        if remaining == 0 { return end(of: header.type) }
        return .body(type: header.type, remaining: remaining, kept: min(budget, remaining))
    }

    private mutating func end(of type: String) -> State {
        if type == "moov" && !hasIndex {
            hasIndex = true
            isIndexLate = mediaBytes > 0
        }
        return .header([])
    }

    private static func append(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
        guard !range.isEmpty else { return }
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}
