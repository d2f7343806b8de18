/// Reduces a PNG file (ISO/IEC 15948) to its picture: texts and colour profiles are compressed too, a few kilobytes of them can
/// decompress to gigabytes, and FFmpeg decompresses all of them.
enum PNGPicture {
    /// How many bytes compressed data may exceed the decompressed data: stored blocks, interlacing and a margin.
    private static let slack = 64 << 10
    private static let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

    /// The chunks of the picture, with no more pixel data than its size explains, and an end chunk.
    static func reduced(_ bytes: [UInt8]) -> [UInt8] {
        var reduced = Array(bytes.prefix(8))
        reduced.reserveCapacity(bytes.count + end.count)
        var remaining = maximumData(bytes)
        for chunk in PNGChunks(bytes) {
            if chunk.has("IDAT") {
                let length = chunk.content.count
                if length <= remaining {
                    if chunk.isWhole {
                        reduced += bytes[chunk.range]
                    } else {
                        // An incomplete chunk; FFmpeg does not verify the checksum.
                        reduced += [24, 16, 8, 0].map { UInt8(length >> $0 & 255) } + chunk.type + chunk.content
                        reduced += [0, 0, 0, 0]
                    }
                }
                remaining -= length
            } else if chunk.isWhole, isNeeded(chunk), !chunk.has("IEND") {
                reduced += bytes[chunk.range]
            }
        }
        return reduced + end
    }

    /// Whether the file has an end chunk or, where that is missing, all of its pixels.
    static func isComplete(_ bytes: [UInt8], maximumPixels: Int) -> Bool {
        var data: [ArraySlice<UInt8>] = []
        for chunk in PNGChunks(bytes) {
            if chunk.has("IEND"), chunk.isWhole { return true }
            if chunk.has("IDAT") { data.append(chunk.content) }
        }
        guard let size = size(bytes), size.width * size.height <= maximumPixels else { return false }
        return Inflation.reaches(pixelBytes(bytes, size), data)
    }

    /// Whether a chunk is critical (its type begins with a capital letter) or is transparency, the only ancillary chunk that changes
    /// the pixels.
    private static func isNeeded(_ chunk: PNGChunks.Chunk) -> Bool {
        chunk.has("tRNS") || chunk.type[chunk.type.startIndex] & 0x20 == 0
    }

    private static func size(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        guard let width = bytes.bigEndian(16, 4), let height = bytes.bigEndian(20, 4), bytes.count > 28, width > 0,
            height > 0, width.multipliedReportingOverflow(by: height).overflow == false
        else { return nil }
        return (width, height)
    }

    private static func bitsPerPixel(_ bytes: [UInt8]) -> Int {
        ([0: 1, 2: 3, 3: 1, 4: 2, 6: 4][bytes[25]] ?? 4) * Int(min(bytes[24], 16))
    }

    /// The number of bytes of all decompressed rows, each preceded by its filter type.
    private static func pixelBytes(_ bytes: [UInt8], _ size: (width: Int, height: Int)) -> Int {
        let bits = bitsPerPixel(bytes)
        func rows(_ width: Int, _ height: Int) -> Int {
            width > 0 && height > 0 ? height * ((width * bits + 7) / 8 + 1) : 0
        }
        guard bytes[28] == 1 else { return rows(size.width, size.height) }
        // The passes of Adam7: the first pixel of each, and the distances between its pixels.
        let passes = [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
        ]
        return passes.reduce(0) { sum, pass in
            let (left, top, across, down) = pass
            return sum + rows((size.width - left + across - 1) / across, (size.height - top + down - 1) / down)
        }
    }

    /// The maximum number of bytes of pixel data that the size in the header explains.
    private static func maximumData(_ bytes: [UInt8]) -> Int {
        guard let size = size(bytes) else { return 0 }
        // The size was checked against the maximum number of pixels before.
        let row = (size.width * bitsPerPixel(bytes) + 7) / 8 + 8
        let raw = row * size.height
        return raw + raw / 64 + slack
    }
}
