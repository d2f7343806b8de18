/// A small movie, each part of which can be falsified. Its pictures are JPEGs and its sound is PCM, so that no encoder
/// is needed.
struct Movie {
    /// One track, as described by `stbl`.
    struct Track {
        var isVideo = true
        var timescale: UInt32 = 25
        /// The durations in `mdhd` and `tkhd`.
        var duration: UInt32 = 25
        var description: [UInt8]
        /// The tables, by type; written in this order.
        var tables: [[UInt8]]
        /// The content of `trak` other than `tkhd` and `mdia`.
        var extras: [UInt8] = []
        /// The content of `dref`.
        var reference: [UInt8] = fullBox("url ", flags: 1)
        var header = (width: UInt32(480), height: UInt32(320))
    }

    var tracks: [Track]
    var timescale: UInt32 = 1000
    var duration: UInt32 = 1000
    /// The content of `moov` after the tracks.
    var extras: [UInt8] = []
    /// Samples; in front of the index, so that their places do not depend on it.
    var data: [UInt8]

    /// Where the samples begin.
    static let dataStart = UInt32(fileType.count + 8)

    /// A movie of one second that shows the same JPEG 25 times.
    static func pictures(_ jpeg: [UInt8], width: UInt16 = 480, height: UInt16 = 320) -> Movie {
        Movie(
            tracks: [
                Track(
                    description: videoEntry("jpeg", width: width, height: height),
                    tables: [
                        table("stts", count: 1, [25, 1]), table("stsc", count: 1, [1, 1, 1]),
                        fullBox("stsz", big(UInt32(jpeg.count)), big(UInt32(25))),
                        table("stco", count: 25, [UInt32](repeating: dataStart, count: 25)),
                    ])
            ], data: jpeg)
    }

    /// A movie of one second of silence: 8 kHz, 16 bits.
    static func sound() -> Movie {
        Movie(
            tracks: [
                Track(
                    isVideo: false, timescale: 8000, duration: 8000, description: soundEntry("twos"),
                    tables: [
                        table("stts", count: 1, [8000, 1]), table("stsc", count: 1, [1, 8000, 1]),
                        fullBox("stsz", big(UInt32(2)), big(UInt32(8000))), table("stco", count: 1, [dataStart]),
                    ])
            ], data: zeros(16_000))
    }

    static func videoEntry(_ codec: String, width: UInt16, height: UInt16, _ extras: [UInt8] = []) -> [UInt8] {
        box(
            codec, zeros(6), big(UInt16(1)), zeros(16), big(width), big(height), big(UInt32(0x48_0000)),
            big(UInt32(0x48_0000)), zeros(4), big(UInt16(1)), zeros(32), big(UInt16(24)), [0xFF, 0xFF], extras)
    }

    static func soundEntry(_ codec: String, rate: UInt32 = 8000) -> [UInt8] {
        box(codec, zeros(6), big(UInt16(1)), zeros(8), big(UInt16(1)), big(UInt16(16)), zeros(4), big(rate << 16))
    }

    /// Replaces the table `type` of the first track.
    func with(_ type: String, _ table: [UInt8]) -> Movie {
        var movie = self
        movie.tracks[0].tables.removeAll { Array($0[4..<8]) == text(type) }
        movie.tracks[0].tables.append(table)
        return movie
    }

    /// The same movie after `change`.
    func changed(_ change: (inout Movie) -> Void) -> Movie {
        var movie = self
        change(&movie)
        return movie
    }

    var index: [UInt8] {
        let header = fullBox(
            "mvhd", zeros(8), big(timescale), big(duration), big(UInt32(0x1_0000)), big(UInt16(0x100)), zeros(10),
            Self.matrix, zeros(24), big(UInt32(tracks.count + 1)))
        return box("moov", header, tracks.enumerated().flatMap { trak($1, UInt32($0 + 1)) }, extras)
    }

    /// All of it.
    var bytes: [UInt8] { fileType + box("mdat", data) + index }

    private static let matrix =
        [UInt32(0x1_0000), 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].flatMap { big($0) }

    private func trak(_ track: Track, _ identifier: UInt32) -> [UInt8] {
        let header = fullBox(
            "tkhd", flags: 7, zeros(8), big(identifier), zeros(4), big(track.duration), zeros(16), Self.matrix,
            big(track.header.width << 16), big(track.header.height << 16))
        let media = fullBox("mdhd", zeros(8), big(track.timescale), big(track.duration), zeros(4))
        let handler = fullBox("hdlr", zeros(4), text(track.isVideo ? "vide" : "soun"), zeros(13))
        let references = box("dinf", fullBox("dref", big(UInt32(1)), track.reference))
        let samples = box("stbl", fullBox("stsd", big(UInt32(1)), track.description), track.tables.flatMap { $0 })
        let kind = track.isVideo ? fullBox("vmhd", flags: 1, zeros(8)) : fullBox("smhd", zeros(4))
        return box("trak", header, track.extras, box("mdia", media, handler, box("minf", kind, references, samples)))
    }
}
