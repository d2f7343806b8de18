import FFmpeg
import MediaModel

/// Selects the streams of a container that are played.
struct StreamSelection {
    let all: [StreamInfo]
    /// The video stream that is shown; never cover art.
    let video: StreamInfo?
    /// The audio stream that is played.
    let audio: StreamInfo?

    /// - Parameter covers: the indices of streams that are cover art, although their container declares them as video.
    init(_ streams: [StreamInfo], covers: Set<Int> = []) {
        let all = streams.map { covers.contains($0.index) ? $0.asAttachedPicture() : $0 }
        self.all = all
        // As the ffmpeg command does: the default stream, then the largest.
        video = all.filter { $0.kind == .video }.max { a, b in
            (a.isDefault ? 1 : 0, a.width * a.height, -a.index) < (b.isDefault ? 1 : 0, b.width * b.height, -b.index)
        }
        audio = all.filter { $0.kind == .audio }.max { a, b in
            (a.isDefault ? 1 : 0, a.channels, -a.index) < (b.isDefault ? 1 : 0, b.channels, -b.index)
        }
    }

    /// The audio and video streams.
    var timed: [StreamInfo] { all.filter { $0.kind == .video || $0.kind == .audio } }

    var kind: MediaKind? { video != nil ? .video : audio != nil ? .audio : nil }

    /// The indices of the selected streams.
    var indices: Set<Int> { Set([video, audio].compactMap { $0?.index }) }

    /// The end of the last sample that the index lists, in bytes.
    var indexedEnd: Int? { all.filter { indices.contains($0.index) }.compactMap(\.indexedEnd).max() }

    /// The maximum plausible sample rate in Hz, and number of channels; larger ones are not reported.
    private static let (maximumSampleRate, maximumChannels) = (1 << 24, 1024)

    /// `channels` if that number is plausible.
    static func plausible(channels: Int) -> Int? { (1...maximumChannels).contains(channels) ? channels : nil }

    /// `sampleRate` if that number is plausible.
    static func plausible(sampleRate: Int) -> Int? { (1...maximumSampleRate).contains(sampleRate) ? sampleRate : nil }

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
                    channels: Self.plausible(channels: stream.channels),
                    sampleRate: Self.plausible(sampleRate: stream.sampleRate))
            case .other: StreamSummary(type: "other", codec: stream.codec)
            }
        }
    }
}

extension StreamInfo {
    /// The size as displayed; `nil` when the container does not state it.
    var displayDimensions: Dimensions? {
        guard width > 0, height > 0 else { return nil }
        return Dimensions(width: width, height: height, sampleAspect: sampleAspect, orientation: orientation)
    }
}

extension Dimensions {
    /// The size at which coded pixels are displayed. A pixel aspect beyond 1:16 is ignored as an error.
    init(width: Int, height: Int, sampleAspect: Rational?, orientation: Orientation) {
        var displayWidth = width
        if let aspect = sampleAspect?.value, (1.0 / 16...16).contains(aspect) {
            displayWidth = max(Int((Double(width) * aspect).rounded()), 1)
        }
        self.init(
            width: orientation.swapsSides ? height : displayWidth,
            height: orientation.swapsSides ? displayWidth : height)
    }

    /// The size scaled down to at most `longestSide` for the longer side; never enlarged.
    func fitted(to longestSide: Int) -> Dimensions {
        let longest = max(width, height)
        guard longest > longestSide else { return self }
        let scale = Double(longestSide) / Double(longest)
        return Dimensions(
            width: max(Int((Double(width) * scale).rounded()), 1),
            height: max(Int((Double(height) * scale).rounded()), 1))
    }
}
