extension HostileFile {
    private static let damaged = ExpectedResult.rejected("unreadable")
    private static let most = UInt32.max

    /// Tables that declare thousands of millions of entries, and tables with impossible entries.
    public static let tables: [HostileFile] = oversized + others

    private static let oversized: [HostileFile] =
        ["stts", "ctts", "stsc", "stco", "co64", "stss", "stps", "sbgp"].map { type in
            // FFmpeg 7.1 reads chunk offsets until the table ends.
            HostileFile(
                "\(type) of 2^32 - 1 entries", claimedResult(type), or: type == "stco" ? .accepted("video") : nil
            ) {
                try pictures().with(type, table(type, count: most, [1, 1, 1])).bytes
            }
        }

    private static let others: [HostileFile] = [
        HostileFile("stsz of 2^32 - 1 samples of one size", damaged) {
            try pictures().with("stsz", fullBox("stsz", big(UInt32(1)), big(most))).bytes
        },
        HostileFile("stsz of 2^32 - 1 samples of their own sizes", damaged) {
            try pictures().with("stsz", fullBox("stsz", zeros(4), big(most))).bytes
        },
        HostileFile("a chunk of 2^32 - 1 samples", .accepted("video")) {
            try pictures().with("stsc", table("stsc", count: 1, [1, most, 1])).bytes
        },
        HostileFile("268 million samples of one byte in every chunk", damaged) {
            try pictures().with("stsz", fullBox("stsz", big(UInt32(1)), big(UInt32(0x0FFF_FFFF))))
                .with("stsc", table("stsc", count: 1, [1, 0x0FFF_FFFF, 1])).bytes
        },
        HostileFile("an edit list of 2^32 - 1 edits", .rejected("too_complex")) {
            try pictures().changed { $0.tracks[0].extras = box("edts", table("elst", count: most, [1, 0, 1])) }
                .bytes
        },
        HostileFile("an edit list of two hundred thousand edits", .rejected("too_complex")) {
            try pictures().changed {
                let edits = (0..<200_000).flatMap { _ -> [UInt32] in [1, 0, 0x1_0000] }
                $0.tracks[0].extras = box("edts", table("elst", count: 200_000, edits))
            }.bytes
        },
        HostileFile("samples at 2^63 - 1", damaged) {
            try pictures().with("stco", fullBox("co64", big(UInt32(1)), big(UInt64.max >> 1)))
                .with("stsc", table("stsc", count: 1, [1, 25, 1])).bytes
        },
        HostileFile("samples at 2^64 - 1", .rejected("truncated")) {
            try pictures().with("stco", fullBox("co64", big(UInt32(1)), big(UInt64.max)))
                .with("stsc", table("stsc", count: 1, [1, 25, 1])).bytes
        },
        HostileFile("samples of 2^32 - 1 bytes", damaged) {
            try pictures().with("stsz", fullBox("stsz", big(most), big(UInt32(25)))).bytes
        },
        HostileFile("no samples at all", damaged) {
            try pictures().changed { $0.tracks[0].tables = ["stts", "stsc", "stco"].map { table($0, count: 0) } }
                .bytes
        },
        HostileFile("a fragment of 2^32 - 1 samples", .rejected("too_complex")) {
            let header = fullBox("tfhd", flags: 0x2_0038, big(UInt32(1)), big(UInt32(1)), big(UInt32(1)), zeros(4))
            let run = fullBox("trun", flags: 0, big(most))
            return try pictures().changed {
                $0.tracks[0].tables = ["stts", "stsc", "stco"].map { table($0, count: 0) }
                $0.extras = box("mvex", fullBox("trex", big(UInt32(1)), big(UInt32(1)), zeros(12)))
            }.bytes + box("moof", fullBox("mfhd", big(UInt32(1))), box("traf", header, run))
                + box("mdat", zeros(64))
        },
        HostileFile("a thousand fragments of a million samples each", .rejected("too_complex")) {
            let header = fullBox("tfhd", flags: 0x2_0038, big(UInt32(1)), big(UInt32(1)), big(UInt32(1)), zeros(4))
            let run = fullBox("trun", flags: 0, big(UInt32(1_000_000)))
            return try pictures().changed {
                $0.tracks[0].tables = ["stts", "stsc", "stco"].map { table($0, count: 0) }
                $0.extras = box("mvex", fullBox("trex", big(UInt32(1)), big(UInt32(1)), zeros(12)))
            }.bytes
                + copies(1000, box("moof", fullBox("mfhd", big(UInt32(1))), box("traf", header, run)))
                + box("mdat", zeros(64))
        },
    ]

    private static func claimedResult(_ type: String) -> ExpectedResult {
        switch type {
        // Chunk offsets are in the other table already, and these sample groups do not concern pictures.
        case "co64", "sbgp": .accepted("video")
        // Memory for all declared entries is allocated before they are read.
        case "stts", "stco", "stps": .rejected("out_of_memory")
        default: damaged
        }
    }

    private static func pictures() throws -> Movie { Movie.pictures(try sample("image/orientation-1.jpg")) }
}
