import Foundation

extension HostileFile {
    private static let noMedia = ExpectedResult.rejected("unsupported")

    /// Files that look like another kind than they are, and variants of containers that few programs write.
    public static let resemblances: [HostileFile] = documents + sounds + videos

    private static let documents: [HostileFile] = [
        HostileFile("an archive (ZIP) that holds an MP3", noMedia) {
            text("PK\u{3}\u{4}\u{14}\0") + zeros(40) + (try mp3())
        },
        HostileFile("an archive (TAR) that holds an MP3", noMedia) { tarHeader + (try mp3()) },
        HostileFile("a program that holds an MP3", noMedia) {
            text("MZ") + zeros(58) + little(UInt32(64)) + text("PE\0\0") + (try mp3())
        },
        HostileFile("an archive (7z) that holds an MP3", noMedia) {
            text("7z") + [0xBC, 0xAF, 0x27, 0x1C, 0, 4] + (try mp3())
        },
        HostileFile("a text that begins like a box", noMedia) { text("The free encyclopedia") },
        HostileFile("a text that begins like a tag", noMedia) { copies(300, text("ID3 tags are text. ")) },
        HostileFile("an archive (ZIP) behind a tag", noMedia) {
            ID3.tag(frames: zeros(5000)) + text("PK\u{3}\u{4}") + (try mp3())
        },
    ]

    private static let sounds: [HostileFile] = [
        HostileFile("AAC behind a tag of 6 KB", .accepted("audio")) {
            ID3.tag(frames: zeros(6000)) + (try seed("sound.aac"))
        },
        HostileFile("AAC behind an APE tag", .accepted("audio")) { apeTag(9000) + (try seed("sound.aac")) },
        HostileFile("WAVE behind an APE tag and padding", .accepted("audio")) {
            apeTag(10) + zeros(5000) + (try sample("voice/voice.wav"))
        },
        HostileFile("an APE tag of 256 MB that is not there", .rejected("unreadable")) {
            apeTag(0, claiming: 256 << 20) + (try mp3())
        },
        HostileFile("WAVE of infinite samples", .accepted("audio")) {
            let samples = copies(4000, little(Float.infinity.bitPattern) + little(Float(0.5).bitPattern))
            let format = little(UInt16(3)) + little(UInt16(1)) + little(UInt32(8000)) + little(UInt32(32_000))
            return Pictures.riff(
                "WAVE", Pictures.riffChunk("fmt ", format + little(UInt16(4)) + little(UInt16(32))),
                Pictures.riffChunk("data", samples))
        },
        HostileFile("M4A whose cover is a track of one picture", .accepted("audio")) {
            let jpeg = try seed("baseline.jpg")
            let cover = Movie.pictures(jpeg, width: 96, height: 64)
                .with("stts", table("stts", count: 1, [1, 1]))
                .with("stsz", fullBox("stsz", big(UInt32(jpeg.count)), big(UInt32(1))))
                .with("stco", table("stco", count: 1, [Movie.dataStart + 16_000])).tracks[0]
            return Movie.sound().changed {
                $0.tracks.append(cover)
                $0.data += jpeg
                $0.duration = 1000
            }.bytes
        },
    ]

    private static let videos: [HostileFile] = [
        HostileFile("transport stream in packets of 188 bytes", .accepted("video")) { try seed("stream.ts") },
        HostileFile("transport stream in packets of 192 bytes", .accepted("video")) {
            try packets { [0x0E, 0xBF, 0x46, 0x22] + $0 }
        },
        HostileFile("transport stream in packets of 204 bytes", .accepted("video")) { try packets { $0 + zeros(16) } },
        HostileFile("program stream", .accepted("video")) { try seed("program.mpg") },
        HostileFile("a brand of CDMA2000", .accepted("video")) {
            var bytes = Movie.pictures(try sample("image/orientation-1.jpg")).bytes
            bytes.replaceSubrange(8..<12, with: text("3g2a"))
            return bytes
        },
        HostileFile("a track that is delayed by 900 s", .accepted("video")) {
            try Movie.pictures(sample("image/orientation-1.jpg")).changed {
                let edits: [UInt32] = [900_000, .max, 0x1_0000, 1000, 0, 0x1_0000]
                $0.tracks[0].extras = box("edts", table("elst", count: 2, edits))
            }.bytes
        },
        HostileFile("AVI with 900 s of empty chunks", .accepted("video")) {
            let jpeg = try sample("image/orientation-1.jpg")
            return AVI.file(
                AVI.stream(width: 480, height: 320, length: 22_505), count: 1,
                frames: [[UInt8]](repeating: [], count: 22_500) + [[UInt8]](repeating: jpeg, count: 5))
        },
        HostileFile("a picture that is cut, turned and mirrored", .accepted("image")) { heic },
    ]

    /// An item with its properties in their order.
    private static var heic: [UInt8] {
        let aperture = box("clap", [385, 1, 330, 1, 0, 1, 0, 1].flatMap { big(UInt32($0)) })
        let properties = joined(
            fullBox("ispe", big(UInt32(722)), big(UInt32(1024))), aperture, box("irot", [1]), box("imir", [1]))
        let associations = fullBox("ipma", big(UInt32(1)), big(UInt16(1)), [4, 1, 0x82, 0x83, 0x84])
        let meta = fullBox(
            "meta", fullBox("hdlr", zeros(4), text("pict"), zeros(13)), fullBox("pitm", big(UInt16(1))),
            box("iprp", box("ipco", properties), associations))
        return box("ftyp", text("heic"), zeros(4), text("mif1heic")) + meta + box("mdat", zeros(64))
    }

    private static func mp3() throws -> [UInt8] { try sample("voice/voice-no-header.mp3") }

    private static func packets(_ change: ([UInt8]) -> [UInt8]) throws -> [UInt8] {
        let bytes = try seed("stream.ts")
        return stride(from: 0, to: bytes.count - 187, by: 188).flatMap { change(Array(bytes[$0..<$0 + 188])) }
    }

    /// A tag (APEv2) with one comment.
    private static func apeTag(_ count: Int, claiming size: Int? = nil) -> [UInt8] {
        let item = joined(little(UInt32(count)), zeros(4), text("Comment\0"), copies(count, [0x78]))
        func end(_ flags: UInt32) -> [UInt8] {
            joined(
                text("APETAGEX"), little(UInt32(2000)), little(UInt32(size ?? item.count + 32)), little(UInt32(1)),
                little(flags), zeros(8))
        }
        return end(0xA000_0000) + item + end(0x8000_0000)
    }

    /// The header of one file, with its sum.
    private static var tarHeader: [UInt8] {
        var header = text("a.mp3") + zeros(507)
        header.replaceSubrange(100..<107, with: text("0000644"))
        header.replaceSubrange(124..<135, with: text("00000070000"))
        header.replaceSubrange(257..<265, with: text("ustar\u{0}00"))
        header.replaceSubrange(148..<156, with: text("        "))
        let sum = header.reduce(0) { $0 + Int($1) }
        header.replaceSubrange(148..<155, with: text(String(String(1 << 18 | sum, radix: 8).dropFirst()) + "\0"))
        return header
    }
}
