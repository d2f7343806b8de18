extension HostileFile {
    /// Sounds with a false declared duration or sample rate.
    public static let falseDeclarations: [HostileFile] = [
        HostileFile("a second of WAVE that says it has ten hours", .accepted("audio")) {
            wave(claiming: 10 * 3600 * 16_000, zeros(16_000))
        },
        HostileFile("a second of WAVE that says it has 4 GB", .accepted("audio")) {
            wave(claiming: .max, zeros(16_000))
        },
        HostileFile("a second of WAVE that says it has nothing", .accepted("audio")) {
            wave(claiming: 0, zeros(16_000))
        },
        HostileFile("ten hours of WAVE that say they are a second", .accepted("audio")) {
            wave(claiming: 16_000, zeros(16 << 20))
        },
        HostileFile("WAVE of one sample a second", .accepted("audio")) {
            wave(claiming: 1 << 20, rate: 1, zeros(1 << 20))
        },
        HostileFile("WAVE of 2^31 - 1 samples a second", .accepted("audio")) {
            wave(claiming: 1 << 20, rate: .max >> 1, zeros(1 << 20))
        },
        HostileFile("WAVE of no samples a second", .rejected("unreadable")) {
            wave(claiming: 1 << 20, rate: 0, zeros(1 << 20))
        },
        HostileFile("WAVE of 65,535 channels", .rejected("unreadable")) {
            wave(claiming: 1 << 20, channels: .max, zeros(1 << 20))
        },
        HostileFile("WAVE in blocks of nothing", .accepted("audio")) {
            wave(claiming: 16_000, block: 0, zeros(16_000))
        },
        HostileFile("FLAC of 2^36 - 1 samples that are not there", .rejected("unreadable")) {
            FLAC.head(samples: .max, rate: 1)
        },
        HostileFile("Ogg whose last page is numbered 2^63 - 1", .accepted("audio")) {
            try sample("voice/voice.ogg") + OggPage.page(flags: 4, granule: .max >> 1, number: .max, zeros(200))
        },
        HostileFile("Ogg with a hundred thousand empty pages", .accepted("audio")) {
            let empty = OggPage.page(flags: 0, granule: .max, number: 7, [])
            return try sample("voice/voice.ogg") + copies(100_000, empty)
        },
        HostileFile("Ogg of one page that never ends", .rejected("unreadable")) {
            let head = try sample("voice/voice.ogg").prefix(47)
            let page = OggPage.page(flags: 1, granule: .max, number: 1, zeros(254 * 255))
            return head + copies(200, page)
        },
        HostileFile("MP3 whose header says it has 2^32 - 1 frames", .accepted("audio")) {
            var bytes = try sample("voice/voice.mp3")
            guard
                let header = bytes.indices.first(where: {
                    bytes[$0...].starts(with: text("Xing")) || bytes[$0...].starts(with: text("Info"))
                })
            else { throw MissingPart(name: "Xing") }
            bytes.replaceSubrange(header + 8..<header + 12, with: big(UInt32.max))
            return bytes
        },
        HostileFile("AMR of a hundred thousand frames without sound", .rejected("unreadable")) {
            text("#!AMR\n") + copies(1 << 17, [0x7C])
        },
    ]

    private static func wave(
        claiming size: UInt32, channels: UInt16 = 1, rate: UInt32 = 8000, block: UInt16 = 2, _ data: [UInt8]
    ) -> [UInt8] {
        let format =
            little(UInt16(1)) + little(channels) + little(rate) + little(rate &* 2) + little(block) + little(UInt16(16))
        return text("RIFF") + little(size &+ 36) + text("WAVE") + Pictures.riffChunk("fmt ", format) + text("data")
            + little(size) + data
    }
}
