extension HostileFile {
    /// Pictures that are small by their heads and large, or slow, behind them.
    public static let pixelSurprises: [HostileFile] = [
        HostileFile("GIF with twenty thousand frames", .accepted("image")) {
            Pictures.gif(screen: 8, frames: 20_000, frame: 8)
        },
        HostileFile("GIF whose frame is larger than its screen", .accepted("image")) {
            Pictures.gif(screen: 64, frames: 1, frame: 65_535)
        },
        HostileFile("WebP whose picture is larger than its canvas", .rejected("unreadable")) {
            let inner = Pictures.riffChunk("VP8L", [0x2F] + little(UInt32(0x0FFF_FFFF)) + zeros(64))
            return Pictures.riff("WEBP", Pictures.webpHeader(width: 64, height: 64), inner)
        },
        HostileFile("JPEG with a second, larger frame header", .rejected("unreadable")) {
            let small = try sample("image/orientation-1.jpg")
            let frame = try Pictures.frameHeader(small)
            var second = Array(small[frame..<frame + 2 + Int(small[frame + 3])])
            second.replaceSubrange(5..<9, with: [0xFF, 0xDC, 0xFF, 0xDC])
            return Array(small[..<(frame + second.count)]) + second + small[(frame + second.count)...]
        },
        HostileFile("JPEG of ten thousand passes", .rejected("too_complex")) { Pictures.passes(10_000, side: 7936) },
        HostileFile("PNG with compressed words that unpack to gigabytes", .accepted("image")) {
            let words = Pictures.chunk("zTXt", text("Comment") + [0, 0] + Deflate.zeros(500 << 20))
            var png = try sample("image/transparent.png")
            png.insert(contentsOf: copies(12, words), at: 33)
            return png
        },
        HostileFile("PNG whose pixels unpack to gigabytes", .rejected("unreadable")) {
            Pictures.png(width: 64, height: 64, data: Deflate.zeros(2 << 30).dropLast(3) + [1, 2, 3])
        },
        HostileFile("MP4 whose pictures are larger than its index says", .rejected("unreadable")) {
            Movie.pictures(try Pictures.jpeg(width: 65_500, height: 65_500)).bytes
        },
        HostileFile("MP4 whose codec data say 16,384 × 16,384", .rejected("unreadable")) {
            Movie.pictures(copies(64, [0, 0, 0, 4, 0x65, 0x88, 0x84, 0x00])).changed {
                $0.tracks[0].description = Movie.videoEntry(
                    "avc1", width: 480, height: 320, box("avcC", H264.configuration(width: 16_384, height: 16_384)))
            }.bytes
        },
        HostileFile("AVI whose pictures are larger than its head says", .rejected("unreadable")) {
            let large = try Pictures.jpeg(width: 65_500, height: 65_500)
            return AVI.file(
                AVI.stream(width: 480, height: 320, length: 5), count: 1, frames: [[UInt8]](repeating: large, count: 5))
        },
        HostileFile("Matroska whose pictures are larger than its head says", .rejected("unreadable")) {
            Matroska.pictures(try Pictures.jpeg(width: 65_500, height: 65_500)).bytes
        },
    ]
}

/// The sequence parameter set of an H.264 stream.
private enum H264 {
    /// An `avcC` record (ISO/IEC 14496-15, 5.3.3.1) with one sequence parameter set of that size in pixels.
    static func configuration(width: Int, height: Int) -> [UInt8] {
        var set = BitString()
        for value in [66, 0, 51] { set.append(value, 8) }
        for value in [0, 0, 2, 1] { set.appendGolomb(value) }
        set.append(0, 1)
        set.appendGolomb(width / 16 - 1)
        set.appendGolomb(height / 16 - 1)
        // Whole frames, direct inference, no cropping, no VUI; the stop bit.
        set.append(0b11001, 5)
        let sequence = [0x67] + set.bytes
        var picture = BitString()
        for value in [0, 0] { picture.appendGolomb(value) }
        picture.append(0, 2)
        for value in [0, 0, 0] { picture.appendGolomb(value) }
        picture.append(0, 3)
        for value in [0, 0, 0] { picture.appendGolomb(value) }
        picture.append(0b0001, 4)
        let pictureSet = [0x68] + picture.bytes
        return joined(
            [1, 66, 0, 51, 0xFF, 0xE1], big(UInt16(sequence.count)), sequence,
            [1], big(UInt16(pictureSet.count)), pictureSet)
    }
}
