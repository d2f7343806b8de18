/// A HEIC file of one coded tile, and a grid that shows it many times.
struct CodedItems {
    private let configuration: [UInt8]
    private let tile: [UInt8]
    /// The size of the tile, in pixels.
    private let side: UInt32 = 128

    var rows: UInt8 = 1
    var columns: UInt8 = 1
    /// The item of each tile: 1 is the tile, 2 the grid.
    var tiles: [UInt16] = [1]
    /// How often the data of the tile are read, each time as a further part of it.
    var parts = 1
    /// The number of bytes behind the data of the tile that count as its data, too.
    var padding = 0
    /// Further properties of the grid.
    var properties: [[UInt8]] = []
    /// Further references.
    var references: [UInt8] = []

    /// Takes the first tile of a sample.
    init() throws {
        let file = try sample("image/tiles.heic")
        func place(_ type: String) throws -> Int {
            guard let place = file.indices.first(where: { file[$0...].starts(with: text(type)) }) else {
                throw MissingPart(name: type)
            }
            return place
        }
        func number(_ offset: Int) -> Int { file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        let (box, table) = (try place("hvcC"), try place("iloc"))
        configuration = Array(file[box + 4..<box - 4 + number(box - 4)])
        let (start, length) = (number(table + 20), number(table + 24))
        tile = Array(file[start..<start + length])
    }

    /// The file, whose picture is the grid.
    var bytes: [UInt8] {
        let (width, height) = (UInt32(columns) * side, UInt32(rows) * side)
        let grid = joined([0, 1, rows &- 1, columns &- 1], big(width), big(height))
        let all = joined(
            box("hvcC", configuration), fullBox("ispe", big(side), big(side)), fullBox("ispe", big(width), big(height)),
            properties.flatMap { $0 })
        let own = [3] + (0..<properties.count).map { UInt8(4 + $0) }
        let associations = fullBox(
            "ipma", big(UInt32(2)), big(UInt16(1)), [2, 0x81, 2], big(UInt16(2)), [UInt8(own.count)], own)
        let entries = joined(
            fullBox("infe", version: 2, big(UInt16(1)), zeros(2), text("hvc1\0")),
            fullBox("infe", version: 2, big(UInt16(2)), zeros(2), text("grid\0")))
        let links = box("dimg", big(UInt16(2)), big(UInt16(tiles.count)), tiles.flatMap { big($0) })
        func meta(_ start: Int) -> [UInt8] {
            let extent = big(UInt32(start)) + big(UInt32(tile.count + padding))
            let places = joined(
                [1, 0, 0, 0, 0x44, 0], big(UInt16(2)), big(UInt16(1)), zeros(4), big(UInt16(parts)),
                copies(parts, extent), big(UInt16(2)), big(UInt16(1)), zeros(2), big(UInt16(1)), zeros(4),
                big(UInt32(grid.count)))
            return fullBox(
                "meta", fullBox("hdlr", zeros(4), text("pict"), zeros(13)), fullBox("pitm", big(UInt16(2))),
                box("iloc", places), fullBox("iinf", big(UInt16(2)), entries), fullBox("iref", links, references),
                box("iprp", box("ipco", all), associations), box("idat", grid))
        }
        let kind = box("ftyp", text("heic"), zeros(4), text("mif1heic"))
        return kind + meta(kind.count + meta(0).count + 8) + box("mdat", tile, zeros(padding))
    }

    /// The same with changes.
    func changed(_ change: (inout CodedItems) -> Void) -> CodedItems {
        var items = self
        change(&items)
        return items
    }
}
