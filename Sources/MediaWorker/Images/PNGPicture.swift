/// A PNG file (ISO/IEC 15948) without all that is no picture: words and colour profiles are compressed too, a few
/// kilobytes of them unpack to gigabytes, and FFmpeg unpacks whatever it finds.
enum PNGPicture {
    /// What deflated data may have over what they unpack to: stored blocks, interlacing and a margin.
    private static let slack = 64 << 10

    /// The chunks that the picture is made of, no more pixel data among them than it has room for.
    static func bare(_ bytes: [UInt8]) -> [UInt8] {
        var bare = Array(bytes.prefix(8))
        bare.reserveCapacity(bytes.count)
        var room = mostData(bytes)
        var offset = 8
        while let length = bytes.bigEndian(offset, 4), offset + 12 + length <= bytes.count {
            let chunk = bytes[offset..<offset + 12 + length]
            if chunk.has("IDAT", at: 4) {
                if length <= room { bare += chunk }
                room -= length
            } else if isNeeded(chunk) {
                bare += chunk
            }
            offset += 12 + length
        }
        return bare
    }

    /// Critical chunks are written with a capital; of the others transparency alone changes what is seen.
    private static func isNeeded(_ chunk: ArraySlice<UInt8>) -> Bool {
        chunk.has("tRNS", at: 4) || chunk[chunk.startIndex + 4] & 0x20 == 0
    }

    /// The most bytes of pixel data that the size in the head explains.
    private static func mostData(_ bytes: [UInt8]) -> Int {
        guard let width = bytes.bigEndian(16, 4), let height = bytes.bigEndian(20, 4), bytes.count > 25 else {
            return 0
        }
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][bytes[25]] ?? 4
        // The size was held against the most pixels before.
        let row = (width * channels * Int(min(bytes[24], 16)) + 7) / 8 + 8
        let raw = row * height
        return raw + raw / 64 + slack
    }
}
