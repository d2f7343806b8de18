import FFmpeg
import Glibc

/// When the last block of a Matroska file begins or, where it says so, ends (RFC 9559): found from header to header.
///
/// The answer stands for the file only if no player can find another one. So a file gets none that says something twice that
/// is said once, says it in an unusual place, or has the identifier of an element of a segment within what is passed over: a
/// demuxer that gives up on a damaged element looks for one there.
struct MatroskaTimes {
    /// A day of video with its sound has seven million blocks.
    private static let maximumElements = 16 << 20
    /// More is no sample, and FFmpeg takes it for damage.
    private static let maximumBlock = 256 << 20
    private static let pieceSize = 1 << 20

    /// Identifiers of elements.
    private enum Name {
        static let (root, head, segment, cluster) = (0, 0x1A45_DFA3, 0x1853_8067, 0x1F43_B675)
        static let (information, tracks, track, seekHead, seek) = (0x1549_A966, 0x1654_AE6B, 0xAE, 0x114D_9B74, 0x4DBB)
        static let (scale, trackScale, timestamp) = (0x2A_D7B1, 0x23_314F, 0xE7)
        static let (group, block, simpleBlock, duration) = (0xA0, 0xA1, 0xA3, 0x9B)
        static let (void, checksum) = (0xEC, 0xBF)
        static let cues = 0x1C53_BB6B
        static let (attachments, chapters, tags) = (0x1941_A469, 0x1043_A770, 0x1254_C367)
        /// The position of a cluster, the size of the one before; of a block, what it refers to and its priority, its codec's
        /// state, and what of its end is not shown.
        static let (position, size, reference, priority, state, padding) = (0xA7, 0xAB, 0xFB, 0xFA, 0xA4, 0x75A2)
        /// What to look for, and where.
        static let (seekID, seekPosition) = (0x53AB, 0x53AC)
    }

    /// Those that stand in a segment.
    private static let inSegment: Set = [
        Name.cluster, Name.information, Name.tracks, Name.seekHead, Name.cues, Name.attachments, Name.chapters,
        Name.tags,
    ]

    private static let inSegmentBytes = inSegment.map { name in
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: name >> (8 * $0)) }
    }

    /// An element whose content is being gone through.
    private struct Open {
        let name: Int
        let end: Int
        /// Whether it ends with the first element that cannot be in it.
        var isEndless = false
    }

    private let source: ByteSource
    private let deadline: Deadline
    private var open: [Open]
    private var hasHead = false
    private var hasSegment = false
    private var hasTracks = false
    private var hasInformation = false
    private var statedUnit: Int?
    private var hasClusters = false
    private var clusterTime: Int?
    private var blockTime: Int?
    private var blockDuration: Int?
    /// In units of ``unit``.
    private var last = 0

    /// Of all times, in nanoseconds.
    private var unit: Int { statedUnit ?? 1_000_000 }

    private init(_ source: ByteSource, _ deadline: Deadline) {
        (self.source, self.deadline) = (source, deadline)
        open = [Open(name: Name.root, end: source.size)]
    }

    /// When the last block of the file begins or ends and how long the unit of its times is, both in seconds; `nil` where
    /// anything is out of the ordinary.
    static func last(_ source: ByteSource, _ deadline: Deadline) throws(FFmpegError) -> (time: Double, unit: Double)? {
        var times = MatroskaTimes(source, deadline)
        guard try times.goThrough(), times.hasClusters else { return nil }
        return (Double(times.last) * Double(times.unit) / 1e9, Double(times.unit) / 1e9)
    }

    private mutating func goThrough() throws(FFmpegError) -> Bool {
        var (offset, steps) = (0, 0)
        while offset < source.size {
            steps += 1
            guard steps <= Self.maximumElements else { return false }
            if steps.isMultiple(of: 4096) { try deadline.check() }
            while open.count > 1, open[open.count - 1].end <= offset { open.removeLast() }
            let head = try source.bytes(offset..<offset + 24)
            guard let element = ElementHeader(head) else { return false }
            if open[open.count - 1].isEndless, open[open.count - 1].name == Name.cluster,
                Self.inSegment.contains(element.identifier)
            {
                open.removeLast()
            }
            let start = offset + element.length
            let (end, overflow) = start.addingReportingOverflow(element.size ?? 0)
            guard !overflow, end <= open[open.count - 1].end else { return false }
            let content = head[element.length...]
            switch begin(element, content) {
            case .unusual: return false
            case .enter:
                // Only these may do without a length (RFC 9559, 5.1).
                guard element.size != nil || [Name.segment, Name.cluster].contains(element.identifier) else {
                    return false
                }
                open.append(
                    Open(
                        name: element.identifier, end: element.size == nil ? open[open.count - 1].end : end,
                        isEndless: element.size == nil))
                offset = start
            case .pass:
                guard element.size != nil else { return false }
                offset = end
            case .search:
                guard element.size != nil else { return false }
                guard try !holdsElements(offset + element.width..<end) else { return false }
                offset = end
            }
        }
        return true
    }

    private enum Step {
        /// Go on with what is in it.
        case enter
        /// Go on behind it.
        case pass
        /// Go on behind it, unless something is hidden in it.
        case search
        case unusual
    }

    private mutating func begin(_ element: ElementHeader, _ content: ArraySlice<UInt8>) -> Step {
        let name = element.identifier
        switch (open[open.count - 1].name, name) {
        case (_, Name.void), (_, Name.checksum): return .search
        case (Name.root, Name.head): return Self.first(&hasHead) ? .search : .unusual
        case (Name.root, Name.segment): return Self.first(&hasSegment) ? .enter : .unusual
        // Whatever says how long a unit is stands in front of what is counted in it, once.
        case (Name.segment, Name.information): return !hasClusters && Self.first(&hasInformation) ? .enter : .unusual
        case (Name.segment, Name.tracks): return !hasClusters && Self.first(&hasTracks) ? .enter : .unusual
        case (Name.information, Name.scale):
            guard statedUnit == nil, let size = element.size, let value = content.bigEndian(0, size), value > 0 else {
                return .unusual
            }
            statedUnit = value
            return .pass
        case (Name.tracks, Name.track): return .enter
        // Times of a track of its own: removed from the format since.
        case (Name.track, Name.trackScale): return .unusual
        case (Name.information, _), (Name.tracks, _), (Name.track, _): return .search
        case (Name.segment, Name.seekHead), (Name.seekHead, Name.seek): return .enter
        case (Name.seek, Name.seekID), (Name.seek, Name.seekPosition): return isNumber(element) ? .pass : .unusual
        case (Name.segment, Name.cues), (Name.segment, Name.attachments), (Name.segment, Name.chapters),
            (Name.segment, Name.tags):
            return .search
        case (Name.segment, Name.cluster):
            guard hasTracks, hasInformation else { return .unusual }
            hasClusters = true
            clusterTime = nil
            return .enter
        case (Name.cluster, _), (Name.group, _): return beginInCluster(element, content)
        default: return .unusual
        }
    }

    private mutating func beginInCluster(_ element: ElementHeader, _ content: ArraySlice<UInt8>) -> Step {
        switch (open[open.count - 1].name, element.identifier) {
        case (Name.cluster, Name.timestamp):
            guard clusterTime == nil, let size = element.size, let value = content.bigEndian(0, size) else {
                return .unusual
            }
            clusterTime = value
            return .pass
        case (Name.cluster, Name.group):
            (blockTime, blockDuration) = (nil, nil)
            return .enter
        case (Name.cluster, Name.simpleBlock): return note(element, content) ? .pass : .unusual
        case (Name.group, Name.block): return blockTime == nil && note(element, content) ? .pass : .unusual
        case (Name.group, Name.duration):
            guard blockDuration == nil, let size = element.size, let value = content.bigEndian(0, size) else {
                return .unusual
            }
            blockDuration = value
            noteEnd()
            return .pass
        case (Name.cluster, Name.position), (Name.cluster, Name.size), (Name.group, Name.reference),
            (Name.group, Name.priority), (Name.group, Name.padding):
            return isNumber(element) ? .pass : .unusual
        case (Name.group, Name.state): return element.size ?? .max <= Self.maximumBlock ? .pass : .unusual
        default: return .unusual
        }
    }

    /// `false` where it was noted before.
    private static func first(_ isNoted: inout Bool) -> Bool {
        defer { isNoted = true }
        return !isNoted
    }

    private func isNumber(_ element: ElementHeader) -> Bool { element.size.map { $0 <= 8 } ?? false }

    /// Notes when a block begins; `false` where that is not certain, or it holds several frames: only of the first of them it
    /// is said when it begins.
    private mutating func note(_ element: ElementHeader, _ content: ArraySlice<UInt8>) -> Bool {
        guard let clusterTime, let size = element.size, size <= Self.maximumBlock,
            let width = content.first.map({ $0.leadingZeroBitCount + 1 }), width <= 8, size >= width + 3,
            let relative = content.bigEndian(width, 2), let flags = content.bigEndian(width + 2, 1), flags & 0x06 == 0
        else { return false }
        let time = sum(clusterTime, Int(Int16(truncatingIfNeeded: relative)))
        last = max(last, time)
        if open[open.count - 1].name == Name.group {
            blockTime = time
            noteEnd()
        }
        return true
    }

    /// Notes when the block of a group ends, once both are known.
    private mutating func noteEnd() {
        if let blockTime, let blockDuration { last = max(last, sum(blockTime, blockDuration)) }
    }

    private func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    /// Whether there is in `range` what a demuxer that looks for the next element would take for one.
    private func holdsElements(_ range: Range<Int>) throws(FFmpegError) -> Bool {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize) {
            try deadline.check()
            // An identifier may stand across two pieces.
            let bytes = try source.bytes(start..<min(start + Self.pieceSize + 3, range.upperBound))
            let isFound = bytes.withUnsafeBytes(Self.holdsElements)
            if isFound { return true }
        }
        return false
    }

    private static func holdsElements(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        return inSegmentBytes.contains { name in
            var position = 0
            while position + name.count <= bytes.count,
                let found = memchr(base + position, Int32(name[0]), bytes.count - position - name.count + 1)
            {
                if memcmp(found, name, name.count) == 0 { return true }
                position = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }
}

/// The identifier and the size in front of an element (RFC 8794, 5 and 6).
private struct ElementHeader {
    /// With its marker.
    let identifier: Int
    /// Of the content, in bytes; `nil` where it ends with what follows.
    let size: Int?
    /// Bytes of the identifier.
    let width: Int
    /// Bytes of the header.
    let length: Int

    init?(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return nil }
        let width = first.leadingZeroBitCount + 1
        guard width <= 4, let identifier = bytes.bigEndian(0, width), bytes.count > width else { return nil }
        let sizeWidth = bytes[width].leadingZeroBitCount + 1
        guard sizeWidth <= 8, let number = bytes.bigEndian(width, sizeWidth) else { return nil }
        let ones = 1 << (7 * sizeWidth) - 1
        (self.identifier, self.width) = (identifier, width)
        size = number & ones == ones ? nil : number & ones
        length = width + sizeWidth
    }
}
