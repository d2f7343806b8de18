/// Finds the tables of chunk offsets of an index, and what prevents it from being moved. Everything in it is checked: what is not
/// understood to the last byte is an obstacle.
struct MovieIndexParser {
    /// The boxes that lead to the tables (ISO/IEC 14496-12, 6.2.3).
    private static let containers: Set = ["moov", "trak", "mdia", "minf", "stbl"]
    /// Boxes with offsets in the file other than those of chunks: auxiliary information (8.7.9), subsegments (8.16.4), reference movies,
    /// and a compressed index, whose content is unknown.
    private static let foreign: Set = ["saio", "saiz", "ssix", "iloc", "rmra", "rmda", "cmov", "moof", "mfra", "sidx"]
    /// The most tables; a file has one for each of its tracks.
    private static let maximumTables = 1000

    let bytes: [UInt8]
    let media: [Range<Int>]
    private(set) var tables: [MovieIndex.Table] = []

    init(bytes: [UInt8], media: [Range<Int>]) {
        self.bytes = bytes
        self.media = media
    }

    /// Parses the index.
    /// - Throws: why it cannot be moved.
    mutating func parse() throws(MovieIndex.Obstacle) {
        guard let header = BoxHeader(Array(bytes.prefix(16))), header.type == "moov", header.length == bytes.count
        else { throw .invalidBoxes }
        try parse(header.headerLength..<bytes.count, ancestors: [0])
        guard !tables.isEmpty else { throw .noTables }
    }

    private mutating func parse(_ range: Range<Int>, ancestors: [Int]) throws(MovieIndex.Obstacle) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard let header = BoxHeader(Array(bytes[offset..<min(offset + 16, range.upperBound)])),
                let length = header.length, length >= header.headerLength, length <= range.upperBound - offset
            else { throw .invalidBoxes }
            let content = offset + header.headerLength..<offset + length
            guard !Self.foreign.contains(header.type) else { throw .otherOffsets }
            switch header.type {
            case "mvex": throw .fragments
            case "stco", "co64": try appendTable(offset..<offset + length, header, content, ancestors)
            case "hdlr": try checkHandler(content)
            case "dinf": try checkReferences(content)
            case "meta": guard !Self.hasItems(bytes[content]) else { throw .otherOffsets }
            case _ where Self.containers.contains(header.type):
                guard ancestors.count < Self.containers.count else { throw .invalidBoxes }
                try parse(content, ancestors: ancestors + [offset])
            default: break
            }
            offset += length
        }
    }

    /// Whether there is a box of the locations of items (8.11.3) in the content of `meta`, anywhere.
    static func hasItems(_ content: some Collection<UInt8>) -> Bool {
        var window: UInt32 = 0
        for byte in content {
            window = window << 8 | UInt32(byte)
            if window == 0x696C_6F63 { return true }  // iloc
        }
        return false
    }

    /// Hint tracks (9.1) refer to data in ways of their own.
    private func checkHandler(_ content: Range<Int>) throws(MovieIndex.Obstacle) {
        guard !bytes[content].has("hint", at: 8) else { throw .otherOffsets }
    }

    /// The samples must be in this file (8.7.2): the offsets of others count from the start of another.
    private func checkReferences(_ content: Range<Int>) throws(MovieIndex.Obstacle) {
        for box in BoxHeader.children(bytes, in: content) where box.type == "dref" {
            guard box.content.count >= 8 else { throw .invalidBoxes }
            for entry in BoxHeader.children(bytes, in: box.content.lowerBound + 8..<box.content.upperBound) {
                guard let flags = bytes[entry.content].bigEndian(0, 4), flags & 1 == 1 else { throw .otherOffsets }
            }
        }
    }

    private mutating func appendTable(
        _ box: Range<Int>, _ header: BoxHeader, _ content: Range<Int>, _ ancestors: [Int]
    ) throws(MovieIndex.Obstacle) {
        let isLong = header.type == "co64"
        guard header.headerLength == 8, let count = bytes[content].bigEndian(4, 4),
            content.count == 8 + count * (isLong ? 8 : 4), tables.count < Self.maximumTables
        else { throw .invalidTable }
        var table = MovieIndex.Table(
            box: box, entries: content.lowerBound + 8..<content.upperBound, isLong: isLong, last: 0,
            ancestors: ancestors)
        var last = 0
        var range = 0..<0
        for offset in table.offsets(in: bytes) {
            if !range.contains(offset) {
                // Mostly the one of the offset before.
                guard let other = media.first(where: { $0.contains(offset) }) else { throw .foreignOffset }
                range = other
            }
            last = max(last, offset)
        }
        table = MovieIndex.Table(
            box: box, entries: table.entries, isLong: isLong, last: last, ancestors: ancestors)
        tables.append(table)
    }
}
