@testable import MediaWorker

/// A small file in the form of ISO/IEC 14496-12, for tests of its index.
enum MovieFile {
    static func box(_ type: String, _ content: [UInt8], isLong: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(isLong ? 1 : content.count + 8, 4)
        bytes += Array(type.utf8)
        if isLong { bytes.appendBigEndian(content.count + 16, 8) }
        return bytes + content
    }

    /// `stco` or `co64`; `count` is what it states.
    static func table(_ offsets: [Int], isLong: Bool = false, count: Int? = nil) -> [UInt8] {
        var content: [UInt8] = [0, 0, 0, 0]
        content.appendBigEndian(count ?? offsets.count, 4)
        for offset in offsets { content.appendBigEndian(offset, isLong ? 8 : 4) }
        return box(isLong ? "co64" : "stco", content)
    }

    static func track(_ tables: [UInt8], isLong: Bool = false) -> [UInt8] {
        let samples = box("stbl", box("stsz", [UInt8](repeating: 7, count: 20)) + tables, isLong: isLong)
        let reference = box("dinf", box("dref", [0, 0, 0, 0, 0, 0, 0, 1] + box("url ", [0, 0, 0, 1])))
        return box("trak", box("tkhd", [1, 2, 3]) + box("mdia", box("minf", reference + samples)) + box("udta", [9]))
    }

    static func index(_ tracks: [[UInt8]], isLong: Bool = false) -> [UInt8] {
        box("moov", box("mvhd", [5, 5]) + tracks.flatMap { $0 } + box("udta", [1, 2]), isLong: isLong)
    }

    /// The offsets of all tables of an index, table by table.
    static func offsets(_ index: [UInt8]) throws -> [[Int]] {
        let parsed = try MovieIndex(index, media: [0..<Int.max])
        return parsed.tables.map { $0.offsets(in: index) }
    }
}
