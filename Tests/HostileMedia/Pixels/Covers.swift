extension HostileFile {
    private static let bomb = Pictures.png(width: 50_000, height: 50_000)

    /// Sounds with embedded pictures that must not be decoded; the sounds themselves are accepted.
    public static let covers: [HostileFile] = [
        HostileFile("MP3 with a cover of 50,000 × 50,000", .accepted("audio")) {
            ID3.tag(picture: bomb) + (try sample("voice/voice.mp3"))
        },
        HostileFile("MP3 with a cover of 60 MB", .accepted("audio")) {
            ID3.tag(picture: bomb + zeros(60 << 20)) + (try sample("voice/voice.mp3"))
        },
        HostileFile("MP3 with a hundred covers", .rejected("too_many_streams")) {
            ID3.tag(frames: copies(100, ID3.picture(bomb))) + (try sample("voice/voice.mp3"))
        },
        HostileFile("M4A with a cover of 50,000 × 50,000", .accepted("audio")) {
            let cover = box("covr", box("data", big(UInt32(14)), zeros(4), bomb))
            let handler = fullBox("hdlr", zeros(4), text("mdirappl"), zeros(9))
            return Movie.sound().changed {
                $0.extras = box("udta", fullBox("meta", handler, box("ilst", cover)))
            }.bytes
        },
        HostileFile("FLAC with a cover of 50,000 × 50,000 and no sound", .rejected("unreadable")) {
            FLAC.head(samples: 0, rate: 44_100, blocks: [(6, FLAC.picture(bomb))])
        },
        HostileFile("Matroska with a cover and a font beside the video", .accepted("video")) {
            Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                $0.extras = element(
                    0x1941_A469, attachment("cover.png", "image/png", bomb),
                    attachment("a.ttf", "application/x-truetype-font", zeros(1 << 20)))
            }.bytes
        },
        HostileFile("Matroska with subtitles beside the video", .accepted("video")) {
            Matroska.pictures(try sample("image/orientation-1.jpg")).changed {
                $0.tracks.append(
                    element(
                        0xAE, element(0xD7, [2]), element(0x73C5, [2]), element(0x83, [0x11]),
                        element(0x86, text("S_TEXT/ASS")), element(0x63A2, text("[Script Info]\n") + zeros(100_000))))
            }.bytes
        },
        HostileFile("MP4 with timed text beside the video", .accepted("video")) {
            Movie.pictures(try sample("image/orientation-1.jpg")).changed {
                var words = $0.tracks[0]
                words.isVideo = false
                words.description = box("tx3g", zeros(6), big(UInt16(1)), zeros(38))
                $0.tracks.append(words)
            }.bytes
        },
    ]

    private static func attachment(_ name: String, _ type: String, _ data: [UInt8]) -> [UInt8] {
        element(
            0x61A7, element(0x466E, text(name)), element(0x4660, text(type)), element(0x46AE, [1]),
            element(0x465C, data))
    }
}

/// Tags in front of MP3 files (ID3v2.3).
enum ID3 {
    static func tag(picture: [UInt8]) -> [UInt8] { tag(frames: self.picture(picture)) }

    static func tag(frames: [UInt8]) -> [UInt8] { tag(claiming: frames.count) + frames }

    /// The header of a tag with this declared size.
    static func tag(claiming size: Int) -> [UInt8] {
        text("ID3") + [3, 0, 0] + [21, 14, 7, 0].map { UInt8(size >> $0 & 0x7F) }
    }

    static func picture(_ data: [UInt8]) -> [UInt8] {
        let content = [0] + text("image/png") + [0, 3, 0] + data
        return text("APIC") + big(UInt32(content.count)) + [0, 0] + content
    }
}

/// FLAC files (RFC 9639).
enum FLAC {
    static func head(samples: UInt64, rate: UInt32, blocks: [(type: UInt8, content: [UInt8])] = []) -> [UInt8] {
        // Rate, channels and bits in 28 bits, samples in 36.
        let packed = UInt64(rate) << 44 | 15 << 36 | samples & 0xF_FFFF_FFFF
        let information = big(UInt16(4096)) + big(UInt16(4096)) + zeros(6) + big(packed) + zeros(16)
        let all = [(type: UInt8(0), content: information)] + blocks
        return text("fLaC")
            + all.enumerated().flatMap { index, block -> [UInt8] in
                let isLast: UInt8 = index == all.count - 1 ? 0x80 : 0
                return [block.type | isLast] + big24(UInt32(block.content.count)) + block.content
            }
    }

    static func picture(_ data: [UInt8]) -> [UInt8] {
        big(UInt32(3)) + big(UInt32(9)) + text("image/png") + zeros(4) + big(UInt32(50_000)) + big(UInt32(50_000))
            + zeros(8) + big(UInt32(data.count)) + data
    }
}
