import Bytes

/// Follows an ISO base media file as it is stored and keeps an index back that follows the media data, so that it can be stored before
/// them. A pure state machine: what is to be written comes out as soon as it is known not to be the index.
///
/// A file whose index is first, or which has anything that is not understood, passes unchanged.
struct LateIndex {
    /// The most bytes of an index, and of what follows it, that are kept.
    static let maximumBytes = 8 << 20
    /// The most boxes of media data.
    private static let maximumMedia = 16
    /// The most bytes before the place where the index is to be.
    private static let maximumStart = 4096
    /// Boxes of which nothing counts from the start of the file.
    private static let movable: Set = ["free", "skip", "wide", "udta", "uuid"]

    /// Legal transitions: header → body → header; header → keeping; any → passing.
    private enum State {
        /// The first bytes of a box, until its type is known.
        case header([UInt8])
        /// Inside a box, of which this many bytes follow.
        case body(remaining: Int)
        /// In the index, or behind it.
        case keeping
        /// Everything is stored as it comes.
        case passing
    }

    private var state = State.header([])
    /// How many bytes were received.
    private var offset = 0
    private var media: [Range<Int>] = []
    private var kept: [UInt8] = []
    /// Where the index is to be: behind `ftyp` (ISO/IEC 14496-12, 4.3), which old QuickTime files do not have.
    private var start = 0

    /// Whether everything is stored as it comes from now on.
    var isPassing: Bool {
        if case .passing = state { return true }
        return false
    }

    /// Whether the file has media data before an index, so that the index may have to be inserted at its beginning.
    var isExpected: Bool { !isPassing && !media.isEmpty }

    /// Receives the next bytes of the file, and returns those that are to be written now.
    mutating func receive(_ chunk: ByteChunk) -> [ByteChunk] {
        var (output, position) = ([ByteChunk](), 0)
        while position < chunk.count {
            switch state {
            case .header(var header):
                header += chunk.withUnsafeBytes { [$0[position]] }
                position += 1
                receive(header: header, startingAt: offset + position - header.count, &output)
            case .body(let remaining):
                let count = min(remaining, chunk.count - position)
                output.append(chunk[position..<position + count])
                position += count
                state = count == remaining ? .header([]) : .body(remaining: remaining - count)
            case .keeping:
                keep(chunk[position..<chunk.count], &output)
                position = chunk.count
            case .passing:
                output.append(chunk[position..<chunk.count])
                position = chunk.count
            }
        }
        offset += chunk.count
        return output
    }

    /// Ends the file. Returns what was kept: the index to insert, or the last bytes to be written as they came.
    mutating func finish() -> Kept {
        defer { state = .passing }
        switch state {
        case .header(let header): return .rest(header)
        case .body, .passing: return .rest([])
        case .keeping:
            do throws(MovieIndex.Obstacle) {
                let end = try indexEnd()
                return .index(
                    try MovieIndex(Array(kept[..<end]), media: media), start: start, trailing: Array(kept[end...]))
            } catch {
                // The file is valid all the same: it is stored as it came.
                return .rest(kept)
            }
        }
    }

    /// What is left at the end of a file.
    enum Kept {
        /// An index that can be stored first, at `start`, and what followed it.
        case index(MovieIndex, start: Int, trailing: [UInt8])
        /// The last bytes of a file that is stored as it came.
        case rest([UInt8])

        /// The bytes as they came.
        var bytes: [UInt8] {
            switch self {
            case .index(let index, _, let trailing): index.bytes + trailing
            case .rest(let bytes): bytes
            }
        }
    }

    private mutating func receive(header bytes: [UInt8], startingAt start: Int, _ output: inout [ByteChunk]) {
        state = .header(bytes)
        let isLong = bytes.starts(with: [0, 0, 0, 1])
        guard bytes.count >= (isLong ? 16 : 8) else { return }
        guard let header = BoxHeader(bytes), let length = header.length else { return pass(bytes, &output) }
        // FFmpeg takes an index in `free` for one.
        let isPadding = header.type == "free" || header.type == "skip"
        let peeked = isPadding ? min(8, length - header.headerLength) : 0
        guard bytes.count >= header.headerLength + peeked else { return }
        if isPadding, bytes.has("mvhd", at: header.headerLength + 4) || bytes.has("cmov", at: header.headerLength + 4) {
            return pass(bytes, &output)
        }
        let (end, overflow) = start.addingReportingOverflow(length)
        guard !overflow else { return pass(bytes, &output) }
        switch header.type {
        case "moov" where !media.isEmpty && length <= Self.maximumBytes:
            state = .keeping
            kept = bytes
            return
        case "ftyp" where start == 0 && length <= Self.maximumStart: self.start = length
        case "mdat" where media.count < Self.maximumMedia: media.append(start + header.headerLength..<end)
        case _ where Self.movable.contains(header.type): break
        default: return pass(bytes, &output)
        }
        output.append(ByteChunk(bytes))
        let remaining = length - bytes.count
        state = remaining == 0 ? .header([]) : .body(remaining: remaining)
    }

    private mutating func keep(_ chunk: ByteChunk, _ output: inout [ByteChunk]) {
        guard kept.count + chunk.count > Self.maximumBytes else { return chunk.withUnsafeBytes { kept += $0 } }
        output += [ByteChunk(kept), chunk]
        kept = []
        state = .passing
    }

    private mutating func pass(_ bytes: [UInt8], _ output: inout [ByteChunk]) {
        output.append(ByteChunk(bytes))
        state = .passing
    }

    /// Where the index ends in what was kept, if only boxes follow that may be moved.
    private func indexEnd() throws(MovieIndex.Obstacle) -> Int {
        guard let end = BoxHeader(Array(kept.prefix(16)))?.length, end <= kept.count else { throw .invalidBoxes }
        var offset = end
        while offset < kept.count {
            guard let header = BoxHeader(Array(kept[offset..<min(offset + 16, kept.count)])),
                let length = header.length, length >= header.headerLength, length <= kept.count - offset
            else { throw .invalidBoxes }
            let isMeta = header.type == "meta"
            guard Self.movable.contains(header.type) || isMeta else { throw .otherBoxes }
            if isMeta, MovieIndexParser.hasItems(kept[offset..<offset + length]) { throw .otherOffsets }
            offset += length
        }
        return end
    }
}
