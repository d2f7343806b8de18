import FFmpeg

/// How long a video plays: what the container says where that can be trusted, and otherwise what its packets say.
struct PlayingTime {
    /// Containers up to this size are always measured: it takes milliseconds.
    private static let alwaysMeasured = 16 << 20
    /// Bits a second that media plausibly have, from slide shows to raw pictures.
    private static let plausibleBitRates = 2_000.0...2_000_000_000.0

    /// By how many seconds a track's index may be longer than its head says: what is cut away by edits.
    private static let slack = 1.0

    let container: Container
    let streams: Streams
    let stated: Double?
    let size: Int
    let isFragmented: Bool

    /// The duration that the container states, in seconds, if it can be believed.
    var trusted: Double? {
        guard !isFragmented else { return nil }
        if container.isBaseMedia {
            // What the track's head and its index both say: what players go by.
            let durations = streams.all.filter { streams.indices.contains($0.index) && $0.indexedEnd != nil }
                .compactMap(Self.played)
            return durations.max()
        }
        guard size > Self.alwaysMeasured, let stated, stated > 0,
            Self.plausibleBitRates.contains(Double(size) * 8 / stated)
        else { return nil }
        return stated
    }

    /// A track's head that says clearly less than its index has is a lie.
    private static func played(_ stream: StreamInfo) -> Double? {
        guard let duration = stream.duration else { return nil }
        guard let span = stream.indexedSpan, span > duration + slack else { return duration }
        return span
    }

    /// The time from the first sample's start to the last one's end, in seconds, by reading every packet of the streams
    /// that count; `nil` when none has a time.
    static func measured(_ demuxer: Demuxer, _ streams: Streams) throws(FFmpegError) -> Double? {
        demuxer.select(streams.indices)
        let units = Dictionary(uniqueKeysWithValues: streams.all.map { ($0.index, $0.timeBase.value ?? 0) })
        let packet = try Packet()
        var start = Double.infinity
        var end = -Double.infinity
        while true {
            do throws(FFmpegError) {
                guard try demuxer.read(into: packet) else { break }
            } catch {
                guard error.code == .invalidData || error.code == .other else { throw error }
                break
            }
            guard !packet.isDiscarded, let time = packet.time, let unit = units[packet.streamIndex] else { continue }
            start = min(start, Double(time) * unit)
            end = max(end, (Double(time) + Double(packet.duration)) * unit)
        }
        return end > start ? end - max(start, 0) : nil
    }
}
