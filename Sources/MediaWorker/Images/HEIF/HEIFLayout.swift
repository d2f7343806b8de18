import FFmpeg

/// The coded items of which a picture consists: one, or the tiles of a grid.
struct HEIFLayout: Equatable {
    /// The size of a grid (ISO/IEC 23008-12, 6.6.2.3.2).
    struct Grid: Equatable {
        let columns: Int
        let rows: Int
        let width: Int
        let height: Int

        /// Parses the data of a `grid` item; `nil` when they are cut short or of another version.
        init?(_ data: [UInt8]) {
            guard data.bigEndian(0, 1) == 0, let flags = data.bigEndian(1, 1), let rows = data.bigEndian(2, 1),
                let columns = data.bigEndian(3, 1)
            else { return nil }
            let width = flags & 1 == 0 ? 2 : 4
            guard let across = data.bigEndian(4, width), let down = data.bigEndian(4 + width, width), across > 0,
                down > 0
            else { return nil }
            (self.rows, self.columns, self.width, self.height) = (rows + 1, columns + 1, across, down)
        }
    }

    /// How the pictures are coded, of all items alike.
    let coding: ItemDecoder.Coding
    /// The items, row by row.
    let items: [Int]
    /// `nil` for a single item.
    let grid: Grid?

    /// The maximum number of tiles; phones write some 200 for 48 million pixels.
    static let maximumTiles = 4096

    /// How items of a type are coded; `nil` for other types.
    static func coding(_ type: String?) -> ItemDecoder.Coding? {
        switch type {
        case "hvc1", "hev1": .hevc
        case "av01": .av1
        default: nil
        }
    }

    /// The layout of `item`, whose data `data` reads.
    /// - Throws: ``FFmpegError/Code/unsupported`` with the reason where the picture cannot be decoded, or the error of `data`.
    init(
        of item: Int, in items: HEIFItems, data: (Int) throws(FFmpegError) -> [UInt8]
    ) throws(FFmpegError) {
        let type = items.types[item]
        if let coding = Self.coding(type) {
            (self.coding, self.items, grid) = (coding, [item], nil)
            return
        }
        guard type == "grid" else { throw FFmpegError(.unsupported, Self.reason(type)) }
        let tiles = items.references("dimg", from: item)
        guard let grid = Grid(try data(item)), grid.columns * grid.rows == tiles.count else {
            throw FFmpegError(.unsupported, "the grid of the picture does not match its tiles")
        }
        guard tiles.count <= Self.maximumTiles else {
            throw FFmpegError(.unsupported, "previews are made of at most \(Self.maximumTiles) tiles")
        }
        let types = Set(tiles.map { items.types[$0] })
        guard types.count == 1, let coding = types.first.flatMap({ Self.coding($0) }) else {
            throw FFmpegError(.unsupported, "the tiles of the picture are not all coded as HEVC, or all as AV1")
        }
        (self.coding, self.items, self.grid) = (coding, tiles, grid)
    }

    private static func reason(_ type: String?) -> String {
        switch type {
        case nil: "the file does not say of which type its picture is"
        case "iovl": "a picture laid over others (iovl) is not decoded here"
        case "iden": "a picture derived from another (iden) is not decoded here"
        default: "this build cannot decode a picture of this item type"
        }
    }
}
