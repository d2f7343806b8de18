extension HostileFile {
    private static let damaged = ExpectedResult.rejected("unreadable")

    /// Timestamps that do not advance, run backwards or never end.
    public static let time: [HostileFile] = [
        HostileFile("every sample lasts nothing", .accepted("video")) {
            try pictures().with("stts", table("stts", count: 1, [25, 0])).bytes
        },
        HostileFile("every sample lasts less than nothing", .accepted("video")) {
            try pictures().with("stts", table("stts", count: 1, [25, 0xFFFF_FFFF])).bytes
        },
        HostileFile("samples that last 2^31 - 1 each", .accepted("video")) {
            try pictures().with("stts", table("stts", count: 1, [25, 0x7FFF_FFFF])).bytes
        },
        HostileFile("2^32 - 1 samples that last 2^31 - 1 each", .accepted("video")) {
            try pictures().with("stts", table("stts", count: 1, [.max, 0x7FFF_FFFF])).bytes
        },
        HostileFile("a track without a unit of time", .accepted("video")) {
            try pictures().changed { $0.tracks[0].timescale = 0 }.bytes
        },
        HostileFile("a track with a negative unit of time", .accepted("video")) {
            try pictures().changed { $0.tracks[0].timescale = .max }.bytes
        },
        HostileFile("a movie without a unit of time", .accepted("video")) {
            try pictures().changed { $0.timescale = 0 }.bytes
        },
        HostileFile("presentation times out of order", .accepted("video")) {
            let offsets = (0..<25).flatMap { number -> [UInt32] in [1, number % 2 == 0 ? 1000 - 40 * number : 0] }
            return try pictures().with("ctts", table("ctts", count: 25, offsets)).bytes
        },
        HostileFile("presentation times at both ends of time", .accepted("video")) {
            let offsets = (0..<25).flatMap { number -> [UInt32] in [1, number % 2 == 0 ? 0x7FFF_FFFF : 0x8000_0000] }
            return try pictures().with(
                "ctts", fullBox("ctts", version: 1, big(UInt32(25)), offsets.flatMap { big($0) })
            )
            .bytes
        },
        // FFmpeg 7.1 reads no track with such an edit.
        HostileFile("an edit that begins before the beginning", .accepted("video"), or: .rejected("unreadable")) {
            try edited([(1000, -1), (1000, -0x7FFF_FFFF)])
        },
        HostileFile("an edit that begins behind the end", .accepted("video"), or: .rejected("unreadable")) {
            try edited([(1000, 0x7FFF_FFFF)])
        },
        HostileFile("an empty edit of a lifetime", .accepted("video")) { try edited([(.max, -1), (1000, 0)]) },
        HostileFile("media data of nothing but zeros", damaged) {
            let jpeg = try sample("image/orientation-1.jpg")
            return Movie.pictures(zeros(jpeg.count)).bytes
        },
        HostileFile("Matroska with a unit of no time", .accepted("video")) {
            try matroska { $0.timecodeScale = big(UInt64(0)) }
        },
        HostileFile("Matroska with a unit of 2^63 ns", damaged) {
            try matroska { $0.timecodeScale = big(UInt64(1) << 63) }
        },
        HostileFile("Matroska with a unit of 2^62 ns, late", damaged) {
            let jpeg = try sample("image/orientation-1.jpg")
            return try matroska {
                $0.timecodeScale = big(UInt64(1) << 62)
                $0.clusters = [Matroska.cluster(at: .max >> 1, jpeg, times: [0, 32_767])]
            }
        },
        HostileFile("Matroska clusters at 2^63 - 1 and 0", .accepted("video")) {
            let jpeg = try sample("image/orientation-1.jpg")
            return try matroska {
                $0.clusters = [
                    Matroska.cluster(at: .max >> 1, jpeg, times: [32_767, -32_768]),
                    Matroska.cluster(at: 0, jpeg, times: [0, 100]),
                ]
            }
        },
        HostileFile("Matroska that lasts no number", .accepted("video")) {
            try matroska { $0.duration = big(Double.nan.bitPattern) }
        },
        HostileFile("Matroska that lasts for ever", .accepted("video")) {
            try matroska { $0.duration = big(Double.infinity.bitPattern) }
        },
        HostileFile("Matroska that lasts less than nothing", .accepted("video")) {
            try matroska { $0.duration = big((-1e300).bitPattern) }
        },
        HostileFile("AVI at no rate", .accepted("video")) { try AVI.movie(width: 480, height: 320, scale: 0, rate: 0) },
        HostileFile("AVI at a picture in 2^32 seconds", .accepted("video")) {
            try AVI.movie(width: 480, height: 320, scale: .max, rate: 1, length: .max)
        },
    ]

    /// A video of 700 s whose header declares 1 s.
    public static let shortened = HostileFile("a video of 700 s whose head says one", .accepted("video")) {
        try pictures().with("stts", table("stts", count: 1, [25, 28 * 25])).bytes
    }

    private static func pictures() throws -> Movie { Movie.pictures(try sample("image/orientation-1.jpg")) }

    private static func edited(_ edits: [(length: UInt32, start: Int32)]) throws -> [UInt8] {
        try pictures().changed {
            let entries = edits.flatMap { edit -> [UInt32] in [edit.length, UInt32(bitPattern: edit.start), 0x1_0000] }
            $0.tracks[0].extras = box("edts", table("elst", count: UInt32(edits.count), entries))
        }.bytes
    }

    private static func matroska(_ change: (inout Matroska) -> Void) throws -> [UInt8] {
        Matroska.pictures(try sample("image/orientation-1.jpg")).changed(change).bytes
    }
}
