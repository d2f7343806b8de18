import FFmpeg
import MediaModel

/// Determines the duration of a file: from the start of its presentation to the end of its longest video or audio stream, with edits
/// applied. It is the only source of durations, both for display and for limits, of complete files and of files that are arriving.
struct DurationEstimator {
    /// Files up to this size are always read completely, which takes milliseconds.
    private static let alwaysMeasured = 16 << 20
    /// Plausible bit rates, from slide shows to raw video, in bit/s.
    private static let plausibleBitRates = 2_000.0...2_000_000_000.0
    /// By how many seconds a track's index may exceed its edits, which cut it.
    private static let slack = 1.0

    let container: MediaFormat
    let streams: StreamSelection
    /// The duration that the container states, in seconds.
    let stated: Double?
    let size: Int
    /// The track times of an ISO base media file's index.
    let tracks: TrackTimes?
    /// Whether some samples are described outside the index.
    let isFragmented: Bool
    /// The times of an AVI file's chunks.
    let chunks: AVITimes?
    /// Whether the stated duration of a large file can be used: its last samples confirm it, or no limit depends on it.
    let isConfirmed: Bool

    /// The stated duration in seconds, if it is reliable.
    var trusted: Double? {
        guard !isFragmented else { return nil }
        if container.isBaseMedia {
            // The edits of a track, checked against its index: what players use.
            return streams.timed.filter { $0.indexedEnd != nil }.compactMap(duration).max()
        }
        guard isConfirmed, let stated, Self.isPlausible(stated, size: size) else { return nil }
        return stated
    }

    /// Whether a file is so large that it is not read completely for its duration, and the stated duration is plausible for its
    /// size.
    static func isPlausible(_ stated: Double, size: Int) -> Bool {
        size > alwaysMeasured && stated > 0 && plausibleBitRates.contains(Double(size) * 8 / stated)
    }

    /// The end of the longest audio or video stream of an AVI file, in seconds.
    private var counted: Double { streams.timed.compactMap { chunks?.ends[$0.index] }.max() ?? 0 }

    /// The duration of a track, or of its index where the stated duration is clearly too short.
    private func duration(_ stream: StreamInfo) -> Double? {
        let presented = tracks?.tracks[stream.number]?.end
        guard let duration = presented.flatMap({ $0 <= Inspection.longestDuration ? $0 : nil }) ?? stream.duration
        else { return nil }
        guard let span = stream.indexedSpan, span > duration + Self.slack else { return duration }
        return span
    }

    /// The duration in seconds by reading every packet; the stated one where no packet has a timestamp.
    /// - Throws: the errors of the demuxer.
    func measured(_ demuxer: Demuxer) throws(FFmpegError) -> Double? {
        demuxer.select(Set(streams.timed.map(\.index)))
        var spans = Dictionary(uniqueKeysWithValues: streams.timed.map { ($0.index, PacketSpan($0)) })
        let packet = try Packet()
        while true {
            do throws(FFmpegError) {
                guard try demuxer.read(into: packet) else { break }
            } catch {
                guard error.code == .invalidData || error.code == .other else { throw error }
                break
            }
            spans[packet.streamIndex]?.add(packet)
        }
        let found = spans.filter { $0.value.end > $0.value.start }
        guard let end = found.values.map(\.end).max() else { return stated }
        // A delayed track begins with the presentation all the same.
        let start = found.map { presentationStart($0.value.start, of: $0.key) }.min() ?? 0
        let length = presented(from: start, to: end)
        // Where the last packet has no duration, the stated duration is better than an estimate.
        let estimate = found.values.map(\.estimate).max() ?? 0
        if let stated, estimate > 0, (length - estimate...length).contains(stated) { return stated }
        return max(length, counted)
    }

    /// The duration of audio of which `decoded` seconds were decoded, in seconds.
    /// - Parameter start: the presentation time of its first packet, if it has one.
    func decodedDuration(_ decoded: Double, audio: StreamInfo, from start: Double?) -> Double {
        if container.isBaseMedia {
            let duration = decoded + (tracks?.tracks[audio.number]?.silence ?? 0)
            // A decoder returns whole frames; the edits state where in the last one the audio ends.
            guard let trusted, audio.sampleRate > 0, trusted < duration,
                duration - trusted <= Self.longestFrame / Double(audio.sampleRate)
            else { return duration }
            return trusted
        }
        guard Self.countsFromZero.contains(container), let start, start > 0 else { return max(decoded, counted) }
        return max(presented(from: start, to: start + decoded), counted)
    }

    /// The number of samples in a frame of HE-AAC.
    private static let longestFrame = 2048.0

    private static let countsFromZero: Set<MediaFormat> = [.matroska, .webm, .flv, .avi]

    /// The duration between two timestamps. Some files count from zero and begin late, others were cut out of a longer file: the stated
    /// duration decides.
    private func presented(from start: Double, to end: Double) -> Double {
        let length = end - max(start, 0)
        guard start > 0, Self.countsFromZero.contains(container), let stated else { return length }
        return abs(stated - end) < abs(stated - length) ? end : length
    }

    /// The start of a track's presentation: 0 where an empty edit delays its first packet.
    private func presentationStart(_ start: Double, of index: Int) -> Double {
        guard let stream = streams.timed.first(where: { $0.index == index }),
            let delay = tracks?.tracks[stream.number]?.delay, delay > 0, abs(start - delay) < Self.slack / 10
        else { return start }
        return 0
    }
}

/// The presentation times of the packets of one stream, in seconds.
private struct PacketSpan {
    private let unit: Double
    private let sampleRate: Int
    private(set) var start = Double.infinity
    private(set) var end = -Double.infinity
    private var last = -Double.infinity
    private var lastButOne = -Double.infinity
    /// The estimated duration of the last packet without a duration.
    private(set) var estimate = 0.0
    private static let longestEstimate = 10.0

    init(_ stream: StreamInfo) {
        unit = stream.timeBase.value ?? 0
        sampleRate = stream.sampleRate
    }

    mutating func add(_ packet: Packet) {
        guard !packet.isDiscarded, let time = packet.time.map({ Double($0) * unit }) else { return }
        start = min(start, time)
        if time > last {
            (lastButOne, last) = (last, time)
        } else if time > lastButOne {
            lastButOne = time
        }
        var length = Double(packet.duration) * unit
        // The last packet of a stream often has no duration: that of the previous one is used.
        if packet.duration == 0, lastButOne.isFinite, time == last, last - lastButOne < Self.longestEstimate {
            length = last - lastButOne
            estimate = length
        }
        if sampleRate > 0 { length -= Double(packet.samplesCutFromEnd) / Double(sampleRate) }
        end = max(end, time + max(length, 0))
    }
}
