import Testing

@testable import MediaWorker

@Suite("Items of a HEIF file")
struct HEIFItemsTests {
    private static func big(_ value: some FixedWidthInteger) -> [UInt8] { value.littleEndianBytes.reversed() }

    private static func box(_ type: String, _ content: [[UInt8]]) -> [UInt8] {
        let bytes = content.flatMap { $0 }
        return big(UInt32(bytes.count + 8)) + Array(type.utf8) + bytes
    }

    private static func meta(_ boxes: [UInt8]...) -> [UInt8] { box("meta", [[0, 0, 0, 0]] + boxes) }

    /// A table of version 1 with numbers of 4 bytes.
    private static func locations(_ entries: [[UInt8]], sizes: [UInt8] = [0x44, 0]) -> [UInt8] {
        box("iloc", [[1, 0, 0, 0], sizes, big(UInt16(entries.count))] + entries)
    }

    private static func entry(item: UInt16, method: UInt16 = 0, reference: UInt16 = 0, _ extents: [(UInt32, UInt32)])
        -> [UInt8]
    {
        let head = [item, method, reference, UInt16(extents.count)].flatMap { big($0) }
        return head + extents.flatMap { big($0.0) + big($0.1) }
    }

    @Test("data are found in the file and in the box of the items, in one part and in several")
    func locations() throws {
        let table = Self.locations([
            Self.entry(item: 1, [(100, 20)]), Self.entry(item: 2, method: 1, [(0, 8)]),
            Self.entry(item: 3, [(100, 10), (50, 5)]), Self.entry(item: 4, [(100, 0)]),
        ])
        let items = try #require(HEIFItems(Self.meta(table)))
        #expect(items.locations[1] == HEIFLocation(origin: .file, extents: [.init(offset: 100, length: 20)]))
        #expect(items.locations[2] == HEIFLocation(origin: .embeddedData, extents: [.init(offset: 0, length: 8)]))
        #expect(items.locations[3]?.extents == [.init(offset: 100, length: 10), .init(offset: 50, length: 5)])
        #expect(items.locations[4]?.extents == [.init(offset: 100, length: nil)])
    }

    @Test("data in other files, in other items, or in too many parts are not found")
    func otherPlaces() throws {
        let table = Self.locations([
            Self.entry(item: 1, reference: 1, [(100, 20)]), Self.entry(item: 2, method: 2, [(0, 8)]),
            Self.entry(item: 3, [(UInt32, UInt32)](repeating: (0, 1), count: 257)),
        ])
        #expect(try #require(HEIFItems(Self.meta(table))).locations.isEmpty)
    }

    @Test("numbers of no bytes, of which a few bytes could state millions, make no more parts than others")
    func emptyNumbers() throws {
        let entry = [UInt16](arrayLiteral: 1, 0, 0, 65_535).flatMap { Self.big($0) }
        let table = Self.locations([[UInt8]](repeating: entry, count: 60_000), sizes: [0, 0])
        #expect(try #require(HEIFItems(Self.meta(table))).locations.isEmpty)
    }

    @Test("an offset that overflows, and a number of 64 bits with its first bit set, are no place")
    func overflow() throws {
        func table(_ base: [UInt8], _ offset: [UInt8]) -> [UInt8] {
            let entry = [[0, 1, 0, 0, 0, 0], base, [0, 1], offset, Self.big(UInt32(4))].flatMap { $0 }
            return Self.box("iloc", [[1, 0, 0, 0, 0x84, 0x80, 0, 1], entry])
        }
        let largest = Self.big(Int64.max)
        for (base, offset) in [(largest, largest), (Self.big(UInt64.max), Self.big(Int64(0)))] {
            #expect(try #require(HEIFItems(Self.meta(table(base, offset)))).locations.isEmpty)
        }
        #expect(
            try #require(HEIFItems(Self.meta(table(Self.big(Int64(7)), Self.big(Int64(3)))))).locations[1]?.extents == [
                .init(offset: 10, length: 4)
            ])
    }

    @Test("a table that states more entries than it has ends with the last one")
    func shortTables() throws {
        let references = Self.box(
            "iref", [[0, 0, 0, 0], Self.box("dimg", [Self.big(UInt16(9)), Self.big(UInt16.max), [0, 1, 0, 2, 0]])])
        let associations = Self.box(
            "ipma", [[0, 0, 0, 0], Self.big(UInt32.max), [0, 9, 2, 0x81, 1], [0, 8, 200, 1]])
        let properties = Self.box("iprp", [Self.box("ipco", [Self.box("irot", [[1]])]), associations])
        let items = try #require(HEIFItems(Self.meta(references, properties)))
        #expect(items.references("dimg", from: 9) == [1, 2])
        #expect(items.properties(of: 9)?.map(\.type) == ["irot", "irot"])
        #expect(items.properties(of: 8)?.count == 1)
        #expect(items.properties(of: 7) == nil)
    }

    @Test("a grid is read in both sizes, and not at all where it is cut short, empty or of a later version")
    func grid() {
        let small: [UInt8] = [0, 0, 1, 2, 1, 0, 0, 200]
        #expect(HEIFLayout.Grid(small).map { [$0.rows, $0.columns, $0.width, $0.height] } == [2, 3, 256, 200])
        let large: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 9]
        #expect(HEIFLayout.Grid(large).map { [$0.rows, $0.columns, $0.width, $0.height] } == [1, 1, 65_536, 9])
        #expect(HEIFLayout.Grid(small.dropLast()) == nil && HEIFLayout.Grid(large.dropLast()) == nil)
        #expect(HEIFLayout.Grid([1] + small.dropFirst()) == nil && HEIFLayout.Grid([0, 0, 0, 0, 0, 0, 0, 9]) == nil)
        #expect(HEIFLayout.Grid([]) == nil)
    }
}
