import FFmpeg

extension ImageHeader {
    /// Parses PNG (ISO/IEC 15948): IHDR, and the chunks before the pixels.
    init?(png bytes: [UInt8]) {
        guard bytes.has("IHDR", at: 12), let width = bytes.bigEndian(16, 4), let height = bytes.bigEndian(20, 4) else {
            return nil
        }
        self.init(width: width, height: height)
        var offset = 8
        while let length = bytes.bigEndian(offset, 4), offset + 8 <= bytes.count {
            let chunk = bytes[offset...]
            if chunk.has("IDAT", at: 4) { break }
            if chunk.has("acTL", at: 4) { isAnimated = true }
            if chunk.has("eXIf", at: 4) {
                let end = min(offset + 8 + length, bytes.count)
                orientation = Orientation(exif: Array(bytes[(offset + 8)..<max(end, offset + 8)])) ?? .up
            }
            offset += 12 + length
        }
    }

    /// Parses GIF (GIF89a, 18): the logical screen.
    init?(gif bytes: [UInt8]) {
        guard let width = bytes.littleEndian(6, 2), let height = bytes.littleEndian(8, 2) else { return nil }
        self.init(width: width, height: height)
    }

    /// Parses WebP (RFC 9649): the extended header, or that of the only picture.
    init?(webp bytes: [UInt8]) {
        if bytes.has("VP8X", at: 12) {
            guard let flags = bytes.littleEndian(20, 1), let width = bytes.littleEndian(24, 3),
                let height = bytes.littleEndian(27, 3)
            else { return nil }
            self.init(width: width + 1, height: height + 1)
            isAnimated = flags & 0x02 != 0
            if flags & 0x08 != 0 { orientation = Self.webpOrientation(bytes) }
        } else if bytes.has("VP8L", at: 12) {
            guard bytes.count > 20, bytes[20] == 0x2F, let packed = bytes.littleEndian(21, 4) else { return nil }
            self.init(width: packed & 0x3FFF + 1, height: packed >> 14 & 0x3FFF + 1)
        } else if bytes.has("VP8 ", at: 12) {
            guard let start = bytes.bigEndian(23, 3), start == 0x9D012A, let width = bytes.littleEndian(26, 2),
                let height = bytes.littleEndian(28, 2)
            else { return nil }
            self.init(width: width & 0x3FFF, height: height & 0x3FFF)
        } else {
            return nil
        }
    }

    private static func webpOrientation(_ bytes: [UInt8]) -> Orientation {
        var offset = 12
        while let length = bytes.littleEndian(offset + 4, 4) {
            if bytes[offset...].has("EXIF") {
                var exif = Array(bytes[(offset + 8)..<min(offset + 8 + length, bytes.count)])
                // Some writers keep the prefix that JPEG requires.
                if exif.has("Exif\0\0") { exif.removeFirst(6) }
                return Orientation(exif: exif) ?? .up
            }
            offset += 8 + length + length & 1
        }
        return .up
    }
}
