/// Where the data of an item are (ISO/IEC 14496-12, 8.11.3).
struct HEIFLocation: Equatable {
    /// What offsets count from.
    enum Origin: Equatable { case file, embeddedData }

    /// A part of the data; a length of `nil` extends to the end of the origin.
    struct Extent: Equatable {
        let offset: Int
        let length: Int?
    }

    let origin: Origin
    /// The parts of the data, in their order.
    let extents: [Extent]

    /// The maximum number of parts of an item; writers make one.
    private static let maximumExtents = 256

    /// Reads the table of all items from the content of `iloc`. Items whose data are in other files, in other items or in too many
    /// parts are left out.
    static func table(_ bytes: [UInt8], _ content: Range<Int>) -> [Int: HEIFLocation] {
        let box = bytes[content]
        guard let version = box.bigEndian(0, 1), version <= 2, let sizes = box.bigEndian(4, 2) else { return [:] }
        let widths = (offset: sizes >> 12, length: sizes >> 8 & 15, base: sizes >> 4 & 15)
        let indexWidth = version == 0 ? 0 : sizes & 15
        guard [widths.offset, widths.length, widths.base, indexWidth].allSatisfy({ [0, 4, 8].contains($0) }) else {
            return [:]
        }
        let itemWidth = version < 2 ? 2 : 4
        var cursor = Cursor(bytes: box, offset: 6)
        var table: [Int: HEIFLocation] = [:]
        var total = 0
        for _ in 0..<min(cursor.next(itemWidth) ?? 0, HEIFItems.maximumEntries) {
            guard let item = cursor.next(itemWidth), let method = version == 0 ? 0 : cursor.next(2),
                let reference = cursor.next(2), let base = cursor.next(widths.base), let count = cursor.next(2)
            else { break }
            total += count
            // The next entry is not looked for behind what is more than a reader takes. Parts may take no bytes of the table.
            guard count <= maximumExtents, total <= HEIFItems.maximumEntries else { break }
            var extents: [Extent] = []
            for _ in 0..<count {
                guard cursor.next(indexWidth) != nil, let offset = cursor.next(widths.offset),
                    let length = cursor.next(widths.length)
                else { break }
                let (start, overflow) = base.addingReportingOverflow(offset)
                if !overflow { extents.append(Extent(offset: start, length: length == 0 ? nil : length)) }
            }
            guard reference == 0, method & 15 < 2, extents.count == count, count > 0, table[item] == nil else {
                continue
            }
            table[item] = HEIFLocation(origin: method & 15 == 0 ? .file : .embeddedData, extents: extents)
        }
        return table
    }

    /// Reads numbers one after another.
    private struct Cursor {
        let bytes: ArraySlice<UInt8>
        var offset: Int

        /// The next number of `length` bytes, 0 for none; `nil` beyond the end, or beyond 63 bits.
        mutating func next(_ length: Int) -> Int? {
            guard length > 0 else { return 0 }
            defer { offset += length }
            return bytes.bigEndian(offset, length)
        }
    }
}
