/// The index of an ISO base media file (`moov`; ISO/IEC 14496-12, 8.2.1) as it is to be when the media data that it describes are stored
/// further back in the file.
///
/// Its chunk offsets (`stco`, `co64`; 8.7.5) count from the start of the file, and are all that changes. A pure value.
struct MovieIndex {
    /// Why an index cannot be moved. The file is stored as it came then.
    enum Obstacle: String, Error {
        /// A box exceeds the one that it is in, or has no valid header.
        case invalidBoxes
        /// There is something that counts from the start of the file, or may do, besides the chunk offsets.
        case otherOffsets
        /// Samples are described in fragments, too.
        case fragments
        /// A chunk offset points to something that is not moved.
        case foreignOffset
        /// The table's length is not that of its entries.
        case invalidTable
        /// There is no chunk offset at all.
        case noTables
        /// Other boxes follow, or precede, than those that may be moved.
        case otherBoxes
        /// The index is larger than what is kept of one.
        case tooLarge
    }

    /// A table of chunk offsets.
    struct Table {
        /// Where the whole box is, in bytes from the start of the index.
        let box: Range<Int>
        /// Where its entries are.
        let entries: Range<Int>
        /// Whether an entry has 8 bytes instead of 4.
        let isLong: Bool
        /// The largest offset.
        let last: Int
        /// Where the boxes begin that it is in.
        let ancestors: [Int]

        /// The number of its entries.
        var count: Int { entries.count / (isLong ? 8 : 4) }
    }

    /// The index as it came, its header included.
    let bytes: [UInt8]
    /// In the order of the file.
    let tables: [Table]

    /// Parses an index.
    /// - Parameters:
    ///   - bytes: the whole box.
    ///   - media: where media data are in the file, without the headers of their boxes.
    /// - Throws: why it cannot be moved.
    init(_ bytes: [UInt8], media: [Range<Int>]) throws(Obstacle) {
        self.bytes = bytes
        var parser = MovieIndexParser(bytes: bytes, media: media)
        try parser.parse()
        tables = parser.tables
    }

    /// Its size in bytes once the media data are `shift` bytes further back: larger than now if offsets no longer fit into 32 bits.
    func size(movedBy shift: Int) -> Int {
        tables.reduce(bytes.count) { $0 + ($1.outgrows(shift) ? 4 * $1.count : 0) }
    }

    /// The index for media data that are `shift` bytes further back.
    func moved(by shift: Int) -> [UInt8] {
        var (moved, copied) = ([UInt8](), 0)
        moved.reserveCapacity(size(movedBy: shift))
        for table in tables {
            moved += bytes[copied..<table.box.lowerBound]
            append(table, movedBy: shift, to: &moved)
            copied = table.box.upperBound
        }
        moved += bytes[copied...]
        enlargeAncestors(in: &moved, shift)
        return moved
    }

    private func append(_ table: Table, movedBy shift: Int, to moved: inout [UInt8]) {
        let (isLong, offsets) = (table.isLong || table.outgrows(shift), table.offsets(in: bytes))
        guard isLong != table.isLong else {
            moved += bytes[table.box.lowerBound..<table.entries.lowerBound]
            return Self.append(offsets, shift, isLong: isLong, to: &moved)
        }
        moved.appendBigEndian(table.box.count + 4 * table.count, 4)
        moved += Array("co64".utf8)
        moved += bytes[table.box.lowerBound + 8..<table.entries.lowerBound]
        Self.append(offsets, shift, isLong: true, to: &moved)
    }

    private static func append(_ offsets: [Int], _ shift: Int, isLong: Bool, to moved: inout [UInt8]) {
        for offset in offsets { moved.appendBigEndian(offset + shift, isLong ? 8 : 4) }
    }

    /// The boxes that larger tables are in become larger. An ancestor begins before the tables that it has, and behind others.
    private func enlargeAncestors(in moved: inout [UInt8], _ shift: Int) {
        var added: [Int: Int] = [:]
        for table in tables where table.outgrows(shift) {
            for ancestor in table.ancestors { added[ancestor, default: 0] += 4 * table.count }
        }
        for (start, growth) in added {
            let before = tables.reduce(0) {
                $0 + ($1.box.upperBound <= start && $1.outgrows(shift) ? 4 * $1.count : 0)
            }
            let isLong = bytes[start..<start + 4].elementsEqual([0, 0, 0, 1])
            let (position, length) = isLong ? (start + 8, 8) : (start, 4)
            let size = (bytes.bigEndian(position, length) ?? 0) + growth
            var field: [UInt8] = []
            field.appendBigEndian(size, length)
            moved.replaceSubrange(position + before..<position + before + length, with: field)
        }
    }
}

extension MovieIndex.Table {
    /// Whether an offset no longer fits into 32 bits.
    fileprivate func outgrows(_ shift: Int) -> Bool { !isLong && last + shift > Int(UInt32.max) }

    /// The offsets in the table.
    func offsets(in bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBytes { bytes in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[entries])
            guard isLong else {
                return (0..<count).map {
                    Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
                }
            }
            return (0..<count).map {
                Int(truncatingIfNeeded: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
            }
        }
    }
}

extension [UInt8] {
    /// Appends `value` as an unsigned big-endian number of `length` bytes.
    mutating func appendBigEndian(_ value: Int, _ length: Int) {
        for shift in stride(from: (length - 1) * 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
