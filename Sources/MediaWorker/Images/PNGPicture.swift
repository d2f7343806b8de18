/// A PNG file (ISO/IEC 15948) without all that is no picture: words and colour profiles are compressed too, a few
/// kilobytes of them unpack to gigabytes, and FFmpeg unpacks whatever it finds.
enum PNGPicture {
    /// What deflated data may have over what they unpack to: stored blocks, interlacing and a margin.
    private static let slack = 64 << 10
    private static let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

    /// The chunks that the picture is made of, no more pixel data among them than it has room for, and an end in any case.
    static func bare(_ bytes: [UInt8]) -> [UInt8] {
        var bare = Array(bytes.prefix(8))
        bare.reserveCapacity(bytes.count + end.count)
        var room = mostData(bytes)
        for chunk in PNGChunks(bytes) {
            if chunk.has("IDAT") {
                let length = chunk.content.count
                if length <= room {
                    if chunk.isWhole {
                        bare += bytes[chunk.range]
                    } else {
                        // What there is of it; nobody checks the sum.
                        bare += [24, 16, 8, 0].map { UInt8(length >> $0 & 255) } + chunk.type + chunk.content
                        bare += [0, 0, 0, 0]
                    }
                }
                room -= length
            } else if chunk.isWhole, isNeeded(chunk), !chunk.has("IEND") {
                bare += bytes[chunk.range]
            }
        }
        return bare + end
    }

    /// Whether the file comes to its end or, where that is missing, has all of its pixels.
    static func isComplete(_ bytes: [UInt8], maximumPixels: Int) -> Bool {
        var data: [ArraySlice<UInt8>] = []
        for chunk in PNGChunks(bytes) {
            if chunk.has("IEND"), chunk.isWhole { return true }
            if chunk.has("IDAT") { data.append(chunk.content) }
        }
        guard let size = size(bytes), size.width * size.height <= maximumPixels else { return false }
        return Inflation.reaches(pixelBytes(bytes, size), data)
    }

    /// Critical chunks are written with a capital; of the others transparency alone changes what is seen.
    private static func isNeeded(_ chunk: PNGChunks.Chunk) -> Bool {
        chunk.has("tRNS") || chunk.type[chunk.type.startIndex] & 0x20 == 0
    }

    private static func size(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        guard let width = bytes.bigEndian(16, 4), let height = bytes.bigEndian(20, 4), bytes.count > 28, width > 0,
            height > 0, width.multipliedReportingOverflow(by: height).overflow == false
        else { return nil }
        return (width, height)
    }

    private static func bitsForPixel(_ bytes: [UInt8]) -> Int {
        ([0: 1, 2: 3, 3: 1, 4: 2, 6: 4][bytes[25]] ?? 4) * Int(min(bytes[24], 16))
    }

    /// The bytes that all rows unpack to, each with its filter's number before it.
    private static func pixelBytes(_ bytes: [UInt8], _ size: (width: Int, height: Int)) -> Int {
        let bits = bitsForPixel(bytes)
        func rows(_ width: Int, _ height: Int) -> Int {
            width > 0 && height > 0 ? height * ((width * bits + 7) / 8 + 1) : 0
        }
        guard bytes[28] == 1 else { return rows(size.width, size.height) }
        // Adam7's passes: where each begins, and how far its pixels are apart.
        let passes = [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
        ]
        return passes.reduce(0) { sum, pass in
            let (left, top, across, down) = pass
            return sum + rows((size.width - left + across - 1) / across, (size.height - top + down - 1) / down)
        }
    }

    /// The most bytes of pixel data that the size in the head explains.
    private static func mostData(_ bytes: [UInt8]) -> Int {
        guard let size = size(bytes) else { return 0 }
        // The size was held against the most pixels before.
        let row = (size.width * bitsForPixel(bytes) + 7) / 8 + 8
        let raw = row * size.height
        return raw + raw / 64 + slack
    }
}
