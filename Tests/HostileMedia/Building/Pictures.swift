/// Still pictures that declare more data than they contain.
enum Pictures {
    static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        big(UInt32(content.count)) + text(type) + content + zeros(4)
    }

    /// An 8-bit RGB PNG with this declared size, and `before` in front of its pixel data.
    static func png(width: UInt32, height: UInt32, before: [UInt8] = [], data: [UInt8] = []) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", big(width) + big(height) + [8, 2, 0, 0, 0]) + before + chunk("IDAT", data)
            + chunk("IEND", [])
    }

    /// A sample's JPEG whose frame header declares another size.
    static func jpeg(width: UInt16, height: UInt16) throws -> [UInt8] {
        var bytes = try sample("image/orientation-1.jpg")
        let frame = try frameHeader(bytes)
        bytes.replaceSubrange(frame + 5..<frame + 9, with: big(height) + big(width))
        return bytes
    }

    /// The offset of a JPEG's baseline frame header.
    static func frameHeader(_ bytes: [UInt8]) throws -> Int {
        guard let place = bytes.indices.dropLast(9).first(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 }) else {
            throw MissingPart(name: "SOF0")
        }
        return place
    }

    /// A grey progressive JPEG that repeats one scan over all blocks many times, a few bytes each.
    static func passes(_ count: Int, side: UInt16) -> [UInt8] {
        let head = joined(
            [0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8], big(side), big(side), [1, 1, 0x11, 0],
            [0xFF, 0xDB, 0, 67, 0], [UInt8](repeating: 1, count: 64),
            // One code of one bit: the end of a band of 32,767 blocks, of which 14 bits follow.
            [0xFF, 0xC4, 0, 20, 0x10], [1], zeros(15), [0xE0])
        let blocks = Int(side / 8) * Int(side / 8)
        var band = BitString()
        for _ in 0...blocks / 32_767 {
            band.append(0, 1)
            band.append(0x3FFF, 14)
        }
        let data = band.bytes.flatMap { $0 == 0xFF ? [0xFF, 0] : [$0] }
        let pass: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0] + data
        return head + copies(count, pass) + [0xFF, 0xD9]
    }

    /// A GIF with `frames` frames of `frame` pixels a side on a screen of `screen`.
    static func gif(screen: UInt16, frames: Int, frame: UInt16) -> [UInt8] {
        let head = joined(text("GIF89a"), little(screen), little(screen), [0x80, 0, 0, 0, 0, 0, 255, 255, 255])
        let image = joined(
            [0x21, 0xF9, 4, 0, 1, 0, 0, 0, 0x2C, 0, 0, 0, 0], little(frame), little(frame), [0, 2, 2, 0x4C, 0x01, 0])
        return head + copies(frames, image) + [0x3B]
    }

    static func riff(_ type: String, _ chunks: [UInt8]...) -> [UInt8] {
        let content = text(type) + chunks.flatMap { $0 }
        return text("RIFF") + little(UInt32(content.count)) + content
    }

    static func riffChunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        text(type) + little(UInt32(content.count)) + content + zeros(content.count & 1)
    }

    /// The extended header of a WebP picture of that size.
    static func webpHeader(width: UInt32, height: UInt32, flags: UInt8 = 0) -> [UInt8] {
        riffChunk("VP8X", [flags, 0, 0, 0] + little(width - 1).prefix(3) + little(height - 1).prefix(3))
    }

    /// A HEIC file whose properties are `sizes`.
    static func heic(_ sizes: [(UInt32, UInt32)]) -> [UInt8] {
        let properties = sizes.flatMap { fullBox("ispe", big($0.0), big($0.1)) }
        let meta = fullBox(
            "meta", fullBox("hdlr", zeros(4), text("pict"), zeros(13)), box("iprp", box("ipco", properties)))
        return box("ftyp", text("heic"), zeros(4), text("mif1heic")) + meta + box("mdat", zeros(64))
    }
}

/// A sample lacks what it is to be changed at.
struct MissingPart: Error { let name: String }
