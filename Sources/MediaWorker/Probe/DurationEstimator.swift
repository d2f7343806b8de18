import FFmpeg
import MediaModel

/// How long a file plays: from the start of its presentation to the end of the longest video or sound in it, edits applied.
/// This is the one place that says so: what is shown, and what limits are held against, in a file that is whole or that is
/// arriving.
struct DurationEstimator {
    /// Containers up to this size are always measured: it takes milliseconds.
    private static let alwaysMeasured = 16 << 20
    /// Bits a second that media plausibly have, from slide shows to raw pictures.
    private static let plausibleBitRates = 2_000.0...2_000_000_000.0
    /// By how many seconds a track's index may be longer than its edits say: what is cut away by them.
    private static let slack = 1.0

    let container: MediaFormat
    let streams: StreamSelection
    /// What the container states as a whole, in seconds.
    let stated: Double?
    let size: Int
    /// What the index of an ISO base media file says.
    let tracks: TrackTimes?
    /// Whether a part of the samples is described outside of it.
    let isFragmented: Bool
    /// What the chunks of an AVI file say.
    let chunks: AVITimes?
    /// Whether what the container states may stand for a large file: it is what the file's last samples show as well, or no
    /// limit depends on it.
    let isConfirmed: Bool

    /// The duration that the container states, in seconds, if it can be believed.
    var trusted: Double? {
        guard !isFragmented else { return nil }
        if container.isBaseMedia {
            // What the track's edits and its index both say: what players go by.
            return streams.timed.filter { $0.indexedEnd != nil }.compactMap(played).max()
        }
        guard isConfirmed, let stated, Self.isPlausible(stated, size: size) else { return nil }
        return stated
    }

    /// Whether a file is so large that it need not be read as a whole to learn how long it plays, and its container states
    /// what such a file could play for.
    static func isPlausible(_ stated: Double, size: Int) -> Bool {
        size > alwaysMeasured && stated > 0 && plausibleBitRates.contains(Double(size) * 8 / stated)
    }

    /// When the longest stream of an AVI file ends that counts.
    private var counted: Double { streams.timed.compactMap { chunks?.ends[$0.index] }.max() ?? 0 }

    /// A track that says clearly less than its index has shown is a lie.
    private func played(_ stream: StreamInfo) -> Double? {
        let presented = tracks?.tracks[stream.number]?.end
        guard let duration = presented.flatMap({ $0 <= Inspection.longestDuration ? $0 : nil }) ?? stream.duration
        else { return nil }
        guard let span = stream.indexedSpan, span > duration + Self.slack else { return duration }
        return span
    }

    /// The same by reading every packet; what the container states where none has a time.
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
        // A track that is delayed begins with the presentation all the same.
        let start = found.map { presentationStart($0.value.start, of: $0.key) }.min() ?? 0
        let length = presented(from: start, to: end)
        // Where a last packet has no length of its own, what the container states is nearer than a guess.
        let guess = found.values.map(\.guess).max() ?? 0
        if let stated, guess > 0, (length - guess...length).contains(stated) { return stated }
        return max(length, counted)
    }

    /// How long a sound plays of which `decoded` seconds came out, from its first packet at `start`, if it has a time.
    func heard(_ decoded: Double, audio: StreamInfo, from start: Double?) -> Double {
        if container.isBaseMedia {
            let heard = decoded + (tracks?.tracks[audio.number]?.silence ?? 0)
            // A decoder gives whole frames; the edits say where in the last one the sound ends.
            guard let trusted, audio.sampleRate > 0, trusted < heard,
                heard - trusted <= Self.longestFrame / Double(audio.sampleRate)
            else { return heard }
            return trusted
        }
        guard Self.countsFromZero.contains(container), let start, start > 0 else { return max(decoded, counted) }
        return max(presented(from: start, to: start + decoded), counted)
    }

    /// Samples of one frame of HE-AAC.
    private static let longestFrame = 2048.0

    private static let countsFromZero: Set<MediaFormat> = [.matroska, .webm, .flv, .avi]

    /// Some containers count from zero and begin late, others have been cut out of a longer one: which it is says the length
    /// that they state.
    private func presented(from start: Double, to end: Double) -> Double {
        let length = end - max(start, 0)
        guard start > 0, Self.countsFromZero.contains(container), let stated else { return length }
        return abs(stated - end) < abs(stated - length) ? end : length
    }

    /// Where the presentation of a track begins: with zero where an empty edit delays its first packet from there.
    private func presentationStart(_ start: Double, of index: Int) -> Double {
        guard let stream = streams.timed.first(where: { $0.index == index }),
            let delay = tracks?.tracks[stream.number]?.delay, delay > 0, abs(start - delay) < Self.slack / 10
        else { return start }
        return 0
    }
}

/// When the packets of one stream are presented, in seconds.
private struct PacketSpan {
    private let unit: Double
    private let sampleRate: Int
    private(set) var start = Double.infinity
    private(set) var end = -Double.infinity
    private var last = -Double.infinity
    private var lastButOne = -Double.infinity
    /// How long the last packet was taken to be that does not say so.
    private(set) var guess = 0.0
    private static let longestGuess = 10.0

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
        // The last packet of a stream often has no length of its own: it is that of the one before.
        if packet.duration == 0, lastButOne.isFinite, time == last, last - lastButOne < Self.longestGuess {
            length = last - lastButOne
            guess = length
        }
        if sampleRate > 0 { length -= Double(packet.samplesCutFromEnd) / Double(sampleRate) }
        end = max(end, time + max(length, 0))
    }
}
