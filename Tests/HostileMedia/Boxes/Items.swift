extension HostileFile {
    /// HEIC files whose items multiply, refer to themselves or are not where they should be.
    public static let items: [HostileFile] = [
        HostileFile("HEIC of 4,096 times the same tile", .accepted("image")) {
            try CodedItems().changed {
                ($0.rows, $0.columns) = (64, 64)
                $0.tiles = [UInt16](repeating: 1, count: 4096)
            }.bytes
        },
        HostileFile("HEIC of more tiles than any has", .accepted("image")) {
            try CodedItems().changed {
                ($0.rows, $0.columns) = (70, 70)
                $0.tiles = [UInt16](repeating: 1, count: 4900)
            }.bytes
        },
        HostileFile("HEIC whose grid is its own tile", .accepted("image")) {
            try CodedItems().changed { $0.tiles = [2] }.bytes
        },
        HostileFile("HEIC whose grid is its own opacity", .accepted("image")) {
            try CodedItems().changed {
                $0.properties = [fullBox("auxC", text("urn:mpeg:hevc:2015:auxid:1\0"))]
                $0.references = box("auxl", big(UInt16(2)), big(UInt16(1)), big(UInt16(2)))
            }.bytes
        },
        HostileFile("HEIC whose tile consists of the same megabyte 256 times", .accepted("image")) {
            try CodedItems().changed {
                $0.parts = 256
                $0.padding = 1 << 20
            }.bytes
        },
        HostileFile("HEIC with 60,000 items of 65,535 parts without bytes", .accepted("image")) {
            let entry = joined(big(UInt16(1)), zeros(4), big(UInt16.max))
            let places = box("iloc", [1, 0, 0, 0, 0, 0], big(UInt16(60_000)), copies(60_000, entry))
            let size = fullBox("ispe", big(UInt32(64)), big(UInt32(64)))
            let meta = fullBox("meta", fullBox("pitm", big(UInt16(1))), places, box("iprp", box("ipco", size)))
            return box("ftyp", text("heic"), zeros(4), text("mif1heic")) + meta
        },
        HostileFile("HEIC with one pixel of its tile", .accepted("image")) {
            try CodedItems().changed {
                $0.properties = [box("clap", [1, 1, 1, 1, 0, 1, 0, 1].flatMap { big(UInt32($0)) })]
            }.bytes
        },
    ]
}
