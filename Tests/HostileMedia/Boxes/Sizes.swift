extension HostileFile {
    private static let damaged = ExpectedResult.rejected("unreadable")

    /// Boxes, chunks and elements with false sizes.
    public static let sizes: [HostileFile] = longHeaders + shortHeaders + others

    private static let longSizes: [UInt64] = [.max, .max >> 1, .max >> 1 - 7, 1 << 62, 15, 8, 0]

    private static let longHeaders: [HostileFile] =
        longSizes.flatMap { size -> [HostileFile] in
            [
                HostileFile("an index of \(size) bytes in a long header", damaged) {
                    fileType + longBox("moov", size: size, zeros(100))
                },
                HostileFile(
                    "media data of \(size) bytes in a long header",
                    size == 1 << 62 ? .rejected("truncated") : damaged
                ) {
                    fileType + longBox("mdat", size: size, zeros(100))
                },
            ]
        }

    private static let shortHeaders: [HostileFile] = (UInt32(0)...7).map { size in
        HostileFile("an index of \(size) bytes", damaged) {
            fileType + boxWithWrongSize("moov", size: size, zeros(100))
        }
    }

    private static let others: [HostileFile] = [
        HostileFile("a track that is larger than the index around it", damaged) {
            fileType + box("moov", boxWithWrongSize("trak", size: 0x7FFF_FFFF, zeros(64)))
        },
        HostileFile("a sample description that is larger than its table", damaged) {
            Movie.pictures(zeros(64)).changed {
                $0.tracks[0].description = boxWithWrongSize("jpeg", size: .max, zeros(100))
            }
            .bytes
        },
        HostileFile("fragments behind an index that says it is larger than the file", damaged) {
            try fragments { bytes in
                let index = try place(of: "moov", in: bytes)
                bytes[index - 4] = 0x10
            }
        },
        HostileFile("a fragment that says it is larger than the file", damaged) {
            try fragments { bytes in
                let fragment = try place(of: "moof", in: bytes)
                bytes[fragment - 4] = 0x10
            }
        },
        HostileFile("fragments in a box that is to be skipped", damaged) {
            try fragments { bytes in
                let fragment = try place(of: "moof", in: bytes)
                bytes.replaceSubrange(fragment..<fragment + 4, with: text("free"))
                bytes.insert(contentsOf: box("moov", zeros(0)), at: fragment + 4)
            }
        },
        HostileFile("Matroska tracks that say they are larger than the file", damaged) {
            Matroska.head + endlessElement(0x1853_8067, elementWithWrongSize(0x1654_AE6B, size: 1 << 55, zeros(64)))
        },
        HostileFile("a Matroska block that says it has 2^55 bytes", damaged) {
            Matroska.pictures([]).changed {
                $0.clusters = [
                    element(
                        0x1F43_B675, element(0xE7, [0]), elementWithWrongSize(0xA3, size: 1 << 55, [0x81, 0, 0, 0x80]))
                ]
            }.bytes
        },
        HostileFile("Matroska codec data that say they have 2^31 bytes", damaged) {
            Matroska.pictures([]).changed {
                $0.tracks = [element(0xAE, element(0xD7, [1]), elementWithWrongSize(0x63A2, size: 1 << 31, zeros(64)))]
            }.bytes
        },
        HostileFile("a WAVE format chunk of 4 GB", damaged) {
            text("RIFF") + little(UInt32.max) + text("WAVEfmt ") + little(UInt32.max) + zeros(64)
        },
        HostileFile("an MP3 whose tag says it has 256 MB", damaged) {
            ID3.tag(claiming: 256 << 20 - 1) + (try sample("voice/voice.mp3"))
        },
        HostileFile("an FLAC comment of 16 MB that is not there", damaged) {
            var bytes = FLAC.head(samples: 44_100, rate: 44_100)
            bytes[4] = 0
            return bytes + [0x84, 0xFF, 0xFF, 0xFF] + zeros(64)
        },
    ]

    /// The fragmented sample, its fragments those of a track that it does not have, and changed once more.
    private static func fragments(_ change: (inout [UInt8]) throws -> Void) throws -> [UInt8] {
        var bytes = try sample("video/fragmented.mp4")
        let header = try place(of: "tkhd", in: bytes)
        bytes[header + 4 + (bytes[header + 4] == 1 ? 20 : 12)] = 0xFF
        try change(&bytes)
        return bytes
    }

    private static func place(of word: String, in bytes: [UInt8]) throws -> Int {
        guard let place = bytes.indices.first(where: { bytes[$0...].starts(with: text(word)) }) else {
            throw MissingPart(name: word)
        }
        return place
    }
}
