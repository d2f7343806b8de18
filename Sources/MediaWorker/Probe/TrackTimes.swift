import FFmpeg

/// The times of the tracks in an ISO base media file's index: by their edit lists (ISO/IEC 14496-12, 8.6.6), which delay a track, cut it,
/// hold a picture or change its speed, and by their samples where there is no edit list.
struct TrackTimes {
    /// The times of one track.
    struct Track: Equatable {
        /// The time from the start of the presentation to the end of the track, in seconds.
        var end: Double
        /// The duration of empty edits before the first sample, in seconds.
        var delay: Double
        /// The total duration of empty edits, in seconds.
        var silence: Double
    }

    /// The maximum size of an index in bytes; that of a day of video has about 30 MB.
    private static let maximumBytes = 32 << 20

    /// The times by track number.
    let tracks: [Int: Track]

    /// Reads the index; without one, there are no times.
    /// - Throws: the error of `source`.
    init(_ source: ByteSource, boxes: TopLevelBoxes) throws(FFmpegError) {
        guard let index = boxes.boxes.first(where: { $0.type == "moov" }), index.range.count <= Self.maximumBytes else {
            self.init(index: [], headerLength: 0)
            return
        }
        let bytes = try source.bytes(index.range)
        self.init(index: bytes, headerLength: index.isLong ? 16 : 8)
    }

    /// The times in the index in `bytes`.
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
            guard let (number, track) = Self.parse(bytes, part.content, unit: Double(unit)) else { continue }
            tracks[number] = track
        }
        self.tracks = tracks
    }

    private static func parse(_ bytes: [UInt8], _ range: Range<Int>, unit: Double) -> (Int, Track)? {
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
        return (number, times(edits, of: seconds, unit: unit, mediaUnit: Double(mediaUnit)))
    }

    /// The total duration of a track's samples, in its time scale (8.6.1.2); `nil` when the index lists none.
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
            // Some writers encode a negative duration, to go back in time, as a number beyond 31 bits.
            length += Double(samples) * Double(Int32(truncatingIfNeeded: each))
        }
        return length > 0 ? length : nil
    }

    private static func times(_ edits: [Edit], of media: Double, unit: Double, mediaUnit: Double) -> Track {
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
            // An edit of length 0 extends to the end of the media, as in fragmented files.
            let rest = max(media - start / mediaUnit, 0) / (edit.rate > 0 ? edit.rate : 1)
            track.end += edit.length.map { $0 / unit } ?? rest
        }
        return track
    }
}

/// One entry of an edit list.
private struct Edit {
    /// The length in the movie's time scale; `nil` to the end of the media.
    let length: Double?
    /// The start in the media, in the track's time scale; `nil` for an empty edit.
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

/// A box with a version (ISO/IEC 14496-12, 4.2); times have 64 bits in version 1 and 32 bits in version 0.
private struct FullBox {
    private let bytes: [UInt8]
    private let range: Range<Int>

    init(_ bytes: [UInt8], _ range: Range<Int>) { (self.bytes, self.range) = (bytes, range) }

    var count: Int { range.count }
    var isLong: Bool { number(0, 1) == 1 }

    /// The number at `offset` in the box; `nil` beyond its end.
    func number(_ offset: Int, _ length: Int, isSigned: Bool = false) -> Int? {
        guard offset + length <= range.count else { return nil }
        let value = (0..<length).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[range.lowerBound + offset + $1]) }
        let shift = 64 - 8 * length
        return isSigned ? Int(Int64(bitPattern: value << shift) >> shift) : Int(clamping: value)
    }

    /// The time at `offset`; `nil` where it is 0, or unknown (all bits set).
    func duration(at offset: Int) -> Double? {
        let unknown = isLong ? Int.max : Int(UInt32.max)
        guard let value = number(offset, isLong ? 8 : 4), value != 0, value != unknown else { return nil }
        return Double(value)
    }
}
