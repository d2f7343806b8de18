import FFmpeg
import MediaModel

/// Which streams of a container count, and what the container says of them.
struct StreamSelection {
    let all: [StreamInfo]
    /// The picture that is shown: never cover art.
    let video: StreamInfo?
    /// The sound that is heard.
    let audio: StreamInfo?

    /// - Parameter covers: the streams that are pictures beside the sound, although their container has them as videos.
    init(_ streams: [StreamInfo], covers: Set<Int> = []) {
        let all = streams.map { covers.contains($0.index) ? $0.asAttachedPicture() : $0 }
        self.all = all
        // As the ffmpeg command chooses: the one marked as default, then the largest.
        video = all.filter { $0.kind == .video }.max { a, b in
            (a.isDefault ? 1 : 0, a.width * a.height, -a.index) < (b.isDefault ? 1 : 0, b.width * b.height, -b.index)
        }
        audio = all.filter { $0.kind == .audio }.max { a, b in
            (a.isDefault ? 1 : 0, a.channels, -a.index) < (b.isDefault ? 1 : 0, b.channels, -b.index)
        }
    }

    /// Those that have a time of their own.
    var timed: [StreamInfo] { all.filter { $0.kind == .video || $0.kind == .audio } }

    var kind: MediaKind? { video != nil ? .video : audio != nil ? .audio : nil }

    /// The indices of the streams that count.
    var indices: Set<Int> { Set([video, audio].compactMap { $0?.index }) }

    /// Where the last sample that the index names ends, in bytes.
    var indexedEnd: Int? { all.filter { indices.contains($0.index) }.compactMap(\.indexedEnd).max() }

    /// More samples a second, or more channels, are nobody's: what the container says then is left out.
    private static let (mostSamples, mostChannels) = (1 << 24, 1024)

    /// A number of channels that can be believed.
    static func believed(channels: Int) -> Int? { (1...mostChannels).contains(channels) ? channels : nil }

    /// A sample rate that can be believed.
    static func believed(sampleRate: Int) -> Int? { (1...mostSamples).contains(sampleRate) ? sampleRate : nil }

    var summaries: [StreamSummary] {
        all.map { stream in
            switch stream.kind {
            case .video, .attachedPicture:
                StreamSummary(
                    type: stream.kind == .video ? "video" : "picture", codec: stream.codec,
                    dimensions: Dimensions(width: stream.width, height: stream.height),
                    rotation: stream.orientation.degrees)
            case .audio:
                StreamSummary(
                    type: "audio", codec: stream.codec,
                    channels: Self.believed(channels: stream.channels),
                    sampleRate: Self.believed(sampleRate: stream.sampleRate))
            case .other: StreamSummary(type: "other", codec: stream.codec)
            }
        }
    }
}

extension StreamInfo {
    /// As displayed; `nil` when the container does not give the size.
    var displayDimensions: Dimensions? {
        guard width > 0, height > 0 else { return nil }
        return Dimensions(width: width, height: height, sampleAspect: sampleAspect, orientation: orientation)
    }
}

extension Dimensions {
    /// The size at which coded pixels are displayed. An aspect beyond 1:16 is taken for a mistake.
    init(width: Int, height: Int, sampleAspect: Rational?, orientation: Orientation) {
        var displayWidth = width
        if let aspect = sampleAspect?.value, (1.0 / 16...16).contains(aspect) {
            displayWidth = max(Int((Double(width) * aspect).rounded()), 1)
        }
        self.init(
            width: orientation.swapsSides ? height : displayWidth,
            height: orientation.swapsSides ? displayWidth : height)
    }

    /// The same shape with the longer side at most `longestSide`; never larger.
    func fitted(to longestSide: Int) -> Dimensions {
        let longest = max(width, height)
        guard longest > longestSide else { return self }
        let scale = Double(longestSide) / Double(longest)
        return Dimensions(
            width: max(Int((Double(width) * scale).rounded()), 1),
            height: max(Int((Double(height) * scale).rounded()), 1))
    }
}
