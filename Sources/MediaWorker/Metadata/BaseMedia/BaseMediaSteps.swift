/// Removes metadata from an ISO base media file or a QuickTime file (ISO/IEC 14496-12; QuickTime File Format). Every byte keeps its
/// place: what is removed becomes `free` boxes and zeros, so that no offset changes.
///
/// A track of timed metadata becomes a `free` box too. Its samples are overwritten where the index precedes them.
struct BaseMediaSteps: FilterSteps {
    /// The maximum length of what is held back until a track's handler is known, in bytes.
    private static let maximumHeld = 64 << 10
    /// The maximum number of boxes that are examined; a day of video in fragments has fewer.
    private static let maximumBoxes = 2_000_000
    /// The maximum length of a list of items, in bytes; phones write some 20 KB.
    private static let maximumItems = 4 << 20

    struct OpenBox {
        let container: BaseMediaContainer
        /// The offset of its end; `Int.max` for the end of the file.
        let end: Int
        /// Whether what is in it may be held back: a track, or a fragment of one.
        var isHeld = false
    }

    enum State {
        /// Between boxes.
        case between
        /// In media data up to that offset.
        case mediaData(end: Int)
        /// A header, behind the bytes of it that were read before.
        case header([UInt8])
        /// The beginning of a box of metadata, which has a version in ISO files only.
        case version
        /// The extended type of a box with this header.
        case extended([UInt8], end: Int)
        /// The list of a picture's items.
        case items([UInt8])
        /// The beginning of a box, to be changed.
        case edit(BaseMediaEdit, end: Int)
        /// Bytes that are held back.
        case held
        /// A part of the media data, to be changed.
        case part(BaseMediaPart.Content)
    }

    let policy: BaseMediaPolicy
    var isClean = true
    /// The offset behind the bytes that steps were decided for.
    var offset = 0
    var open: [OpenBox] = []
    var state = State.between
    /// What is held back of a track.
    private var held: [UInt8]?
    /// The end of the track that is being removed.
    var removedEnd: Int?
    var track = MetadataTrack()
    var removedTracks: Set<Int> = []
    private var boxes = 0
    /// How many tracks were removed.
    var removals = 0
    var hasMediaData = false
    /// The parts of the media data to be changed.
    var parts = BaseMediaPartList()
    /// The 1-based numbers of the keys that name places; `nil` before the keys.
    var placeKeys: Set<Int>?

    init(_ removal: MetadataRemoval, isPicture: Bool) {
        policy = BaseMediaPolicy(removesAll: removal == .all, isPicture: isPicture)
    }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .between: return between(&output)
        case .mediaData(let end): return mediaData(end)
        case .header(let first): return header(first + bytes, bytes, &output)
        case .version: return version(bytes, &output)
        case .extended(let header, let end):
            let isKept = policy.keeps(extended: bytes)
            emit(isKept ? header : Self.free(header), nil, &output)
            emit(isKept ? bytes : [UInt8](repeating: 0, count: bytes.count), nil, &output)
            return skip(to: end, blank: !isKept, &output)
        case .items(let header):
            let start = offset - bytes.count - header.count
            let edited = edit(items: header + bytes, at: start)
            output.write(edited)
            state = .between
            return .pass(0)
        case .edit(let edit, let end):
            let isBlank = self.edit(edit, bytes, end: end, &output)
            return skip(to: end, blank: isBlank, &output)
        case .held:
            emit(bytes, bytes, &output)
            state = .between
            return .pass(0)
        case .part(let content):
            output.write(content.edited(bytes, removesAll: policy.removesAll))
            state = .mediaData(end: open.last?.end ?? .max)
            open.removeLast()
            return .pass(0)
        }
    }

    mutating func end(_ bytes: [UInt8], _ output: inout FilterOutput) {
        release(&output)
        // A box was cut short.
        if !bytes.isEmpty { isClean = false }
        if removedEnd != nil {
            output.blank(bytes.count)
        } else if case .extended(let header, _) = state {
            output.write(header + bytes)
        } else if case .items(let header) = state {
            output.write(header + bytes)
        } else {
            output.write(bytes)
        }
    }

    /// A step over the next `count` bytes.
    func over(_ count: Int, _ step: (Int) -> FilterStep) -> (FilterStep, offset: Int) {
        let (sum, overflow) = offset.addingReportingOverflow(count)
        return (step(count), overflow ? .max : sum)
    }

    mutating func take(_ count: Int, _ step: (Int) -> FilterStep) -> FilterStep {
        let (result, end) = over(count, step)
        offset = end
        return result
    }

    private mutating func between(_ output: inout FilterOutput) -> FilterStep {
        while let box = open.last, box.end <= offset {
            open.removeLast()
            if box.isHeld { release(&output) }
            if box.container == .track || box.container == .trackFragment { end(box.container) }
        }
        let rest = (open.last?.end ?? .max) - offset
        // QuickTime ends user data with four zeros.
        guard rest >= 8 else {
            return skip(to: offset + rest, blank: policy.removesAll && open.last?.container == .userData, &output)
        }
        state = .header([])
        return take(8, FilterStep.collect)
    }

    /// Decides about a box by its header.
    /// - Parameter collected: the part of the header that has just been collected.
    private mutating func header(
        _ bytes: [UInt8], _ collected: [UInt8], _ output: inout FilterOutput
    ) -> FilterStep {
        let limit = open.last?.end ?? .max
        if bytes.count == 8, bytes[0..<4].elementsEqual([0, 0, 0, 1]), limit - offset >= 8 {
            state = .header(bytes)
            return take(8, FilterStep.collect)
        }
        boxes += 1
        guard boxes <= Self.maximumBoxes else {
            isClean = false
            emit(bytes, collected, &output)
            release(&output)
            (open, removedEnd) = ([], nil)
            return skip(to: .max, blank: false, &output)
        }
        guard let box = BoxHeader(bytes) else {
            // What follows is not understood.
            isClean = false
            emit(bytes, collected, &output)
            return skip(to: limit, blank: false, &output)
        }
        let (sum, overflow) = (offset - bytes.count).addingReportingOverflow(box.length ?? .max)
        let end = max(min(box.length == nil || overflow ? .max : sum, limit), offset)
        if removedEnd != nil { return removed(box, bytes, end, &output) }
        let parent = open.last?.container ?? .file
        return begin(box, bytes, collected, parent, end: end, &output)
    }

    private mutating func begin(
        _ box: BoxHeader, _ bytes: [UInt8], _ collected: [UInt8], _ parent: BaseMediaContainer, end: Int,
        _ output: inout FilterOutput
    ) -> FilterStep {
        var action = policy.action(box.type, isInternational: bytes[4] == 0xA9, in: parent)
        if parent == .metadataItems, bytes[4] == 0, !policy.removesAll {
            // The type is the number of a key.
            let number = bytes.bigEndian(4, 4) ?? 0
            action = placeKeys?.contains(number) ?? true ? .free : .keep
        }
        if parent == .file, action == .free, !bytes[4..<8].allSatisfy({ (32...126).contains($0) }) {
            // Not a box: data behind the last one.
            isClean = false
            action = .keep
        }
        if box.type == "cmov", parent == .index { isClean = false }
        switch action {
        case .keep:
            emit(bytes, collected, &output)
            return skip(to: end, blank: false, &output)
        case .free:
            emit(Self.free(bytes), nil, &output)
            return skip(to: end, blank: true, &output)
        case .open(let container): return begin(container, bytes, collected, end: end, &output)
        case .extended:
            guard end - offset >= 16 else { return begin(free: bytes, end: end, &output) }
            state = .extended(bytes, end: end)
            return take(16, FilterStep.collect)
        case .edit(let edit):
            emit(bytes, collected, &output)
            state = .edit(edit, end: end)
            guard end > offset else { return skip(to: end, blank: false, &output) }
            return take(min(edit.maximumLength, end - offset), FilterStep.collect)
        case .mediaData:
            hasMediaData = true
            emit(bytes, collected, &output)
            state = .mediaData(end: end)
            return .pass(0)
        case .items:
            guard end - offset <= Self.maximumItems, end > offset else {
                isClean = false
                emit(bytes, collected, &output)
                return skip(to: end, blank: false, &output)
            }
            state = .items(bytes)
            return take(end - offset, FilterStep.collect)
        }
    }

    private mutating func begin(free header: [UInt8], end: Int, _ output: inout FilterOutput) -> FilterStep {
        emit(Self.free(header), nil, &output)
        return skip(to: end, blank: true, &output)
    }

    private mutating func begin(
        _ container: BaseMediaContainer, _ bytes: [UInt8], _ collected: [UInt8]?, end: Int,
        _ output: inout FilterOutput
    ) -> FilterStep {
        let isHeld = held == nil && (container == .track || container == .trackFragment && !removedTracks.isEmpty)
        if isHeld { held = [] }
        if container == .track { track = MetadataTrack() }
        if container == .metadata { placeKeys = nil }
        emit(bytes, collected, &output)
        open.append(OpenBox(container: container, end: end, isHeld: isHeld))
        guard container == .metadata, end - offset >= 8 else {
            state = .between
            return .pass(0)
        }
        state = .version
        return take(8, FilterStep.collect)
    }

    private mutating func version(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        if bytes.has("hdlr", at: 4) { return header(bytes, bytes, &output) }
        emit(Array(bytes.prefix(4)), nil, &output)
        guard (open.last?.end ?? .max) - offset >= 4 else {
            emit(Array(bytes.suffix(4)), nil, &output)
            state = .between
            return .pass(0)
        }
        state = .header(Array(bytes.suffix(4)))
        return take(4, FilterStep.collect)
    }

    /// A box of a track that is removed: its tables say where its samples are.
    private mutating func removed(
        _ box: BoxHeader, _ bytes: [UInt8], _ end: Int, _ output: inout FilterOutput
    ) -> FilterStep {
        output.blank(bytes.count)
        switch box.type {
        case "mdia", "minf", "stbl":
            open.append(OpenBox(container: .sampleTable, end: end))
            state = .between
            return .pass(0)
        case "stsc", "stsz", "stz2", "stco", "co64":
            guard end - offset <= BaseMediaEdit.table.maximumLength, end > offset else {
                track.isIncomplete = true
                return skip(to: end, blank: true, &output)
            }
            track.next = box.type
            state = .edit(.table, end: end)
            return take(end - offset, FilterStep.collect)
        default: return skip(to: end, blank: true, &output)
        }
    }

    /// A step up to `end`.
    mutating func skip(to end: Int, blank: Bool, _ output: inout FilterOutput) -> FilterStep {
        state = .between
        let count = end - offset
        guard let held, removedEnd == nil else {
            return take(count, blank || removedEnd != nil ? FilterStep.blank : FilterStep.pass)
        }
        guard count <= Self.maximumHeld - held.count else {
            release(&output)
            return take(count, blank ? FilterStep.blank : FilterStep.pass)
        }
        guard count > 0 else { return .pass(0) }
        if blank {
            self.held?.append(contentsOf: repeatElement(0, count: count))
            return take(count, FilterStep.drop)
        }
        state = .held
        return take(count, FilterStep.collect)
    }

    /// Writes bytes, or holds them back, or zeros in their place in a track that is removed.
    /// - Parameter collected: the same bytes if they have just been collected.
    mutating func emit(_ bytes: [UInt8], _ collected: [UInt8]?, _ output: inout FilterOutput) {
        if removedEnd != nil {
            output.blank(bytes.count)
        } else if held != nil {
            held?.append(contentsOf: bytes)
        } else if collected?.count == bytes.count {
            output.keep(bytes)
        } else {
            output.write(bytes)
        }
    }

    /// Writes what is held back.
    mutating func release(_ output: inout FilterOutput) {
        guard let bytes = held else { return }
        held = nil
        output.write(bytes)
    }

    /// Makes a `free` box of the track, or of its fragment, that is held back.
    mutating func remove(_ output: inout FilterOutput) {
        guard let bytes = held, let index = open.lastIndex(where: \.isHeld) else { return }
        held = nil
        open[index].isHeld = false
        removedEnd = open[index].end
        let header = Array(bytes.prefix(bytes[0..<4].elementsEqual([0, 0, 0, 1]) ? 16 : 8))
        output.write(Self.free(header))
        output.blank(bytes.count - header.count)
    }

    /// The header of a box with the type `free`.
    static func free(_ header: [UInt8]) -> [UInt8] { header[0..<4] + Array("free".utf8) + header[8...] }
}
