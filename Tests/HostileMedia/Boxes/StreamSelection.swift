extension HostileFile {
    private static let tooManyStreams = ExpectedResult.rejected("too_many_streams")

    /// Containers with thousands of streams.
    public static let streams: [HostileFile] = [
        HostileFile("MP4 with 5,000 tracks", tooManyStreams) {
            Movie.sound().changed { $0.tracks = [Movie.Track](repeating: $0.tracks[0], count: 5000) }.bytes
        },
        HostileFile("Matroska with 5,000 tracks", tooManyStreams) {
            Matroska.pictures([]).changed { file in
                file.tracks = (0..<5000).map { Matroska.pictureTrack(UInt8($0 % 250 + 1)) }
            }.bytes
        },
        HostileFile("Matroska with 5,000 attachments", tooManyStreams) {
            let attached = element(
                0x61A7, element(0x466E, text("a.ttf")), element(0x4660, text("font/ttf")), element(0x46AE, [1]),
                element(0x465C, [0]))
            return Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                $0.extras = element(0x1941_A469, copies(5000, attached))
            }.bytes
        },
        HostileFile("AVI with 5,000 streams", tooManyStreams) {
            AVI.file(copies(5000, AVI.stream(width: 480, height: 320)), count: 5000, frames: [])
        },
        HostileFile("Ogg with 5,000 streams", tooManyStreams) {
            let page = try sample("voice/voice.ogg").prefix(47)
            return (0..<5000).flatMap { number -> [UInt8] in
                var page = Array(page)
                page.replaceSubrange(14..<18, with: little(UInt32(number)))
                return OggPage.withChecksum(page)
            } + (try sample("voice/voice.ogg"))
        },
        HostileFile("transport stream with 200 streams in one programme", tooManyStreams) {
            TransportStream.tooManyStreams(streams: 200)
        },
    ]
}

/// Pages of Ogg (RFC 3533).
enum OggPage {
    /// The same page with the checksum that it needs.
    static func withChecksum(_ page: [UInt8]) -> [UInt8] {
        var page = page
        page.replaceSubrange(22..<26, with: zeros(4))
        var checksum: UInt32 = 0
        for byte in page { checksum = MPEGChecksum.after(checksum, byte) }
        page.replaceSubrange(22..<26, with: little(checksum))
        return page
    }

    /// A page without a checksum yet.
    static func page(flags: UInt8, granule: UInt64, number: UInt32, _ content: [UInt8]) -> [UInt8] {
        let segments = [UInt8](repeating: 255, count: content.count / 255) + [UInt8(content.count % 255)]
        return withChecksum(
            joined(
                text("OggS"), [0, flags], little(granule), little(UInt32(1)), little(number), zeros(4),
                [UInt8(segments.count)], segments, content))
    }
}

/// The polynomial 04C11DB7, most significant bit first: Ogg begins with 0, MPEG with all ones.
enum MPEGChecksum {
    static func after(_ checksum: UInt32, _ byte: UInt8) -> UInt32 {
        var checksum = checksum ^ UInt32(byte) << 24
        for _ in 0..<8 { checksum = checksum << 1 ^ (checksum >> 31 == 1 ? 0x04C1_1DB7 : 0) }
        return checksum
    }
}

/// MPEG transport streams (ISO/IEC 13818-1).
enum TransportStream {
    /// One programme that declares this many streams.
    static func tooManyStreams(streams: Int) -> [UInt8] {
        let programmes = section(table: 0, identifier: 1, [0, 1, 0xE1, 0])
        let list = (0..<streams).flatMap { joined([0x1B], big(UInt16(0xE000 | 0x200 + $0)), [0xF0, 0]) }
        let map = section(table: 2, identifier: 1, [0xE2, 0, 0xF0, 0] + list)
        let empty = packet(0x1FFF, zeros(184), isFirst: false)
        return copies(20, packets(0, programmes) + packets(0x100, map)) + copies(100, empty)
    }

    private static func section(table: UInt8, identifier: UInt16, _ content: [UInt8]) -> [UInt8] {
        let body = joined([table], big(UInt16(0xB000 | content.count + 9)), big(identifier), [0xC1, 0, 0], content)
        return body + big(body.reduce(UInt32.max) { MPEGChecksum.after($0, $1) })
    }

    private static func packets(_ identifier: UInt16, _ section: [UInt8]) -> [UInt8] {
        let bytes = [0] + section
        return stride(from: 0, to: bytes.count, by: 184).flatMap { start -> [UInt8] in
            packet(identifier, Array(bytes[start..<min(start + 184, bytes.count)]), isFirst: start == 0, start / 184)
        }
    }

    private static func packet(
        _ identifier: UInt16, _ content: [UInt8], isFirst: Bool, _ number: Int = 0
    ) -> [UInt8] {
        joined(
            [0x47], big(identifier | (isFirst ? 0x4000 : 0)), [0x10 | UInt8(number & 15)], content,
            [UInt8](repeating: 0xFF, count: 184 - content.count))
    }
}
