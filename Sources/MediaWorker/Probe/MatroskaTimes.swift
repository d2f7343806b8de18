import FFmpeg
import Glibc

/// Finds the start or, where it is stated, the end of the last block of a Matroska file (RFC 9559), by reading headers only.
///
/// The result is used only if no player can find another one. So there is none for a file that repeats an element which occurs once, has
/// an element in an unusual place, or contains the identifier of a segment's child within skipped data: a demuxer searches for one there
/// after a damaged element.
struct MatroskaTimes {
    /// The maximum number of elements; a day of video with audio has seven million blocks.
    private static let maximumElements = 16 << 20
    /// The maximum size of a block, in bytes: FFmpeg treats a larger one as damage.
    private static let maximumBlock = 256 << 20
    private static let pieceSize = 1 << 20

    private typealias Name = MatroskaIdentifier

    private static let inSegmentBytes = Name.inSegment.map { name in
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: name >> (8 * $0)) }
    }

    /// An element whose content is being read.
    private struct Open {
        let name: Int
        let end: Int
        /// Whether the element has no stated size and ends with the first element that cannot be its child.
        var hasUnknownSize = false
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
    /// The latest time so far, in units of ``unit``.
    private var last = 0

    /// The unit of all times, in nanoseconds.
    private var unit: Int { statedUnit ?? 1_000_000 }

    private init(_ source: ByteSource, _ deadline: Deadline) {
        (self.source, self.deadline) = (source, deadline)
        open = [Open(name: Name.root, end: source.size)]
    }

    /// The start or end of the last block, and the unit of time, both in seconds; `nil` for a file with an unusual structure.
    /// - Throws: ``FFmpegError/Code/deadline``, or the error of `source`.
    static func last(_ source: ByteSource, _ deadline: Deadline) throws(FFmpegError) -> (time: Double, unit: Double)? {
        var times = MatroskaTimes(source, deadline)
        guard try times.readElements(), times.hasClusters else { return nil }
        return (Double(times.last) * Double(times.unit) / 1e9, Double(times.unit) / 1e9)
    }

    private mutating func readElements() throws(FFmpegError) -> Bool {
        var (offset, steps) = (0, 0)
        while offset < source.size {
            steps += 1
            guard steps <= Self.maximumElements else { return false }
            if steps.isMultiple(of: 4096) { try deadline.check() }
            while open.count > 1, open[open.count - 1].end <= offset { open.removeLast() }
            let head = try source.bytes(offset..<offset + 24)
            guard let element = EBMLHeader(head) else { return false }
            if open[open.count - 1].hasUnknownSize, open[open.count - 1].name == Name.cluster,
                Name.inSegment.contains(element.identifier)
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
                // Only these may have an unknown size (RFC 9559, section 5.1).
                guard element.size != nil || [Name.segment, Name.cluster].contains(element.identifier) else {
                    return false
                }
                open.append(
                    Open(
                        name: element.identifier, end: element.size == nil ? open[open.count - 1].end : end,
                        hasUnknownSize: element.size == nil))
                offset = start
            case .skip:
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
        /// Continue with the element's children.
        case enter
        /// Continue after the element.
        case skip
        /// Continue after the element, unless its content contains an identifier of a segment's child.
        case search
        /// The structure is unusual.
        case unusual
    }

    private mutating func begin(_ element: EBMLHeader, _ content: ArraySlice<UInt8>) -> Step {
        let name = element.identifier
        switch (open[open.count - 1].name, name) {
        case (_, Name.void), (_, Name.checksum): return .search
        case (Name.root, Name.head): return Self.first(&hasHead) ? .search : .unusual
        case (Name.root, Name.segment): return Self.first(&hasSegment) ? .enter : .unusual
        // The elements that state the unit must precede the times, and occur once.
        case (Name.segment, Name.information): return !hasClusters && Self.first(&hasInformation) ? .enter : .unusual
        case (Name.segment, Name.tracks): return !hasClusters && Self.first(&hasTracks) ? .enter : .unusual
        case (Name.information, Name.scale):
            guard statedUnit == nil, let size = element.size, let value = content.bigEndian(0, size), value > 0 else {
                return .unusual
            }
            statedUnit = value
            return .skip
        case (Name.tracks, Name.track): return .enter
        // A scale for the times of one track, which has been removed from the format.
        case (Name.track, Name.trackScale): return .unusual
        case (Name.information, _), (Name.tracks, _), (Name.track, _): return .search
        case (Name.segment, Name.seekHead), (Name.seekHead, Name.seek): return .enter
        case (Name.seek, Name.seekID), (Name.seek, Name.seekPosition): return isNumber(element) ? .skip : .unusual
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

    private mutating func beginInCluster(_ element: EBMLHeader, _ content: ArraySlice<UInt8>) -> Step {
        switch (open[open.count - 1].name, element.identifier) {
        case (Name.cluster, Name.timestamp):
            guard clusterTime == nil, let size = element.size, let value = content.bigEndian(0, size) else {
                return .unusual
            }
            clusterTime = value
            return .skip
        case (Name.cluster, Name.group):
            (blockTime, blockDuration) = (nil, nil)
            return .enter
        case (Name.cluster, Name.simpleBlock): return note(element, content) ? .skip : .unusual
        case (Name.group, Name.block): return blockTime == nil && note(element, content) ? .skip : .unusual
        case (Name.group, Name.duration):
            guard blockDuration == nil, let size = element.size, let value = content.bigEndian(0, size) else {
                return .unusual
            }
            blockDuration = value
            noteEnd()
            return .skip
        case (Name.cluster, Name.position), (Name.cluster, Name.size), (Name.group, Name.reference),
            (Name.group, Name.priority), (Name.group, Name.padding):
            return isNumber(element) ? .skip : .unusual
        case (Name.group, Name.state): return element.size ?? .max <= Self.maximumBlock ? .skip : .unusual
        default: return .unusual
        }
    }

    /// Sets a flag; returns `false` where it was set before.
    private static func first(_ isNoted: inout Bool) -> Bool {
        defer { isNoted = true }
        return !isNoted
    }

    private func isNumber(_ element: EBMLHeader) -> Bool { element.size.map { $0 <= 8 } ?? false }

    /// Notes the start of a block; returns `false` where that is not certain, or the block has several frames: only the first of them has a
    /// timestamp.
    private mutating func note(_ element: EBMLHeader, _ content: ArraySlice<UInt8>) -> Bool {
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

    /// Notes the end of a group's block, once start and duration are known.
    private mutating func noteEnd() {
        if let blockTime, let blockDuration { last = max(last, sum(blockTime, blockDuration)) }
    }

    private func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    /// Whether `range` contains an identifier that a demuxer searching for the next element would find.
    private func holdsElements(_ range: Range<Int>) throws(FFmpegError) -> Bool {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize) {
            try deadline.check()
            // An identifier may extend across two pieces.
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
