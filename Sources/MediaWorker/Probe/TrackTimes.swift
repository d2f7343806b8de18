import FFmpeg

/// When the tracks of an ISO base media file play, as its index says: by their edit lists (ISO/IEC 14496-12, 8.6.6), which
/// delay a track, cut it, hold a picture or change its speed, and by their samples where there is none.
struct TrackTimes {
    /// One track.
    struct Track: Equatable {
        /// From the start of the presentation to the end of the track, in seconds, everything in between included.
        var end: Double
        /// How long nothing is played in front of its first sample, in seconds.
        var delay: Double
        /// How long nothing is played at all before its end, in seconds.
        var silence: Double
    }

    /// An index of a day of video is about 30 MB.
    private static let maximumBytes = 32 << 20

    /// By their numbers.
    let tracks: [Int: Track]

    /// Throws what keeps the index from being read. Where there is none, no track has times.
    init(_ source: ByteSource, boxes: TopLevelBoxes) throws(FFmpegError) {
        guard let index = boxes.boxes.first(where: { $0.type == "moov" }), index.range.count <= Self.maximumBytes else {
            self.init(index: [], headerLength: 0)
            return
        }
        let bytes = try source.bytes(index.range)
        self.init(index: bytes, headerLength: index.isLong ? 16 : 8)
    }

    /// The times that the index in `bytes` says.
    init(index bytes: [UInt8], headerLength: Int) {
        let parts = BoxHeader.children(bytes, in: headerLength..<max(headerLength, bytes.count))
        guard let movie = parts.first(where: { $0.type == "mvhd" }).map({ FullBox(bytes, $0.content) }),
            let unit = movie.number(movie.isLong ? 20 : 12, 4), unit > 0
        else {
            tracks = [:]
            return
        }
        var tracks: [Int: Track] = [:]
        for part in parts where part.type == "trak" {
            guard let (number, track) = Self.track(bytes, part.content, unit: Double(unit)) else { continue }
            tracks[number] = track
        }
        self.tracks = tracks
    }

    private static func track(_ bytes: [UInt8], _ range: Range<Int>, unit: Double) -> (Int, Track)? {
        let parts = BoxHeader.children(bytes, in: range)
        func child(_ type: String, of range: Range<Int>) -> FullBox? {
            BoxHeader.children(bytes, in: range).first { $0.type == type }.map { FullBox(bytes, $0.content) }
        }
        guard let head = parts.first(where: { $0.type == "tkhd" }).map({ FullBox(bytes, $0.content) }),
            let number = head.number(head.isLong ? 20 : 12, 4),
            let media = parts.first(where: { $0.type == "mdia" }),
            let mediaHead = child("mdhd", of: media.content),
            let mediaUnit = mediaHead.number(mediaHead.isLong ? 20 : 12, 4), mediaUnit > 0
        else { return nil }
        let length = samples(bytes, media.content) ?? mediaHead.duration(at: mediaHead.isLong ? 24 : 16) ?? 0
        let seconds = length / Double(mediaUnit)
        let edits = parts.first { $0.type == "edts" }.flatMap { child("elst", of: $0.content) }.map(Edit.list) ?? []
        return (number, played(edits, of: seconds, unit: unit, mediaUnit: Double(mediaUnit)))
    }

    /// How long the samples of a track are together, in its unit (8.6.1.2); `nil` when it has none here.
    private static func samples(_ bytes: [UInt8], _ media: Range<Int>) -> Double? {
        var range = media
        for type in ["minf", "stbl", "stts"] {
            guard let box = BoxHeader.children(bytes, in: range).first(where: { $0.type == type }) else { return nil }
            range = box.content
        }
        let table = FullBox(bytes, range)
        guard let count = table.number(4, 4) else { return nil }
        var length = 0.0
        for index in 0..<min(count, range.count / 8) {
            guard let samples = table.number(8 + 8 * index, 4), let each = table.number(12 + 8 * index, 4) else {
                break
            }
            // Some writers go back in time with a sample that is longer than everything: a negative number.
            length += Double(samples) * Double(Int32(truncatingIfNeeded: each))
        }
        return length > 0 ? length : nil
    }

    private static func played(_ edits: [Edit], of media: Double, unit: Double, mediaUnit: Double) -> Track {
        guard !edits.isEmpty else { return Track(end: media, delay: 0, silence: 0) }
        var track = Track(end: 0, delay: 0, silence: 0)
        var hasBegun = false
        for edit in edits {
            guard let start = edit.start else {
                let length = (edit.length ?? 0) / unit
                if !hasBegun { track.delay += length }
                track.silence += length
                track.end += length
                continue
            }
            hasBegun = true
            // Without a length of its own an edit goes on to the end of the media: so it is with fragments.
            let rest = max(media - start / mediaUnit, 0) / (edit.rate > 0 ? edit.rate : 1)
            track.end += edit.length.map { $0 / unit } ?? rest
        }
        return track
    }
}

/// One entry of an edit list.
private struct Edit {
    /// In the movie's unit; `nil` for as long as there is.
    let length: Double?
    /// Where in the media it begins, in the track's unit; `nil` for an empty edit.
    let start: Double?
    /// The speed; 0 holds one picture.
    let rate: Double

    static func list(_ box: FullBox) -> [Edit] {
        let width = box.isLong ? 8 : 4
        let entry = 2 * width + 4
        guard let count = box.number(4, 4) else { return [] }
        return (0..<min(count, box.count / entry)).compactMap { index in
            let offset = 8 + entry * index
            guard let start = box.number(offset + width, width, isSigned: true),
                let rate = box.number(offset + 2 * width, 4, isSigned: true)
            else { return nil }
            return Edit(
                length: box.duration(at: offset), start: start < 0 ? nil : Double(start), rate: Double(rate) / 65_536)
        }
    }
}

/// A box with a version (ISO/IEC 14496-12, 4.2), in whose later version times are twice as long.
private struct FullBox {
    private let bytes: [UInt8]
    private let range: Range<Int>

    init(_ bytes: [UInt8], _ range: Range<Int>) { (self.bytes, self.range) = (bytes, range) }

    var count: Int { range.count }
    var isLong: Bool { number(0, 1) == 1 }

    /// A number `offset` bytes into the box; `nil` beyond its end.
    func number(_ offset: Int, _ length: Int, isSigned: Bool = false) -> Int? {
        guard offset + length <= range.count else { return nil }
        let value = (0..<length).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[range.lowerBound + offset + $1]) }
        let shift = 64 - 8 * length
        return isSigned ? Int(Int64(bitPattern: value << shift) >> shift) : Int(clamping: value)
    }

    /// A time; `nil` where it is zero, or all ones as for one that is not known.
    func duration(at offset: Int) -> Double? {
        let unknown = isLong ? Int.max : Int(UInt32.max)
        guard let value = number(offset, isLong ? 8 : 4), value != 0, value != unknown else { return nil }
        return Double(value)
    }
}
