import CFFmpeg

/// What a container says of one of its streams, before anything is decoded.
public struct StreamInfo: Sendable {
    /// What the stream carries.
    public enum Kind: Sendable { case video, audio, attachedPicture, other }

    /// Its place in the container.
    public let index: Int
    /// The container's own number for it.
    public let number: Int
    /// What it carries.
    public private(set) var kind: Kind
    /// FFmpeg's name of the codec; the container's own or `"unknown"` for one it has no name for.
    public let codec: String
    /// The unit of its timestamps, in seconds.
    public let timeBase: Rational
    /// Pixels as coded, 0 when the container does not say.
    public let width: Int
    /// Pixels as coded, 0 when the container does not say.
    public let height: Int
    /// The width of a pixel over its height.
    public let sampleAspect: Rational
    /// How to turn the picture for display.
    public let orientation: Orientation
    /// Channels of audio, 0 when the container does not say.
    public let channels: Int
    /// Samples a second, 0 when the container does not say.
    public let sampleRate: Int
    /// In seconds, as the container says.
    public let duration: Double?
    /// From the first to the start of the last sample that is shown, in seconds, as the container's index has them.
    public let indexedSpan: Double?
    /// Presentation time of the first sample, in seconds, once a packet of the stream was read.
    public let startTime: Double?
    /// Whether the container marks it as the one to play.
    public let isDefault: Bool
    /// Where the last sample of the container's index ends, in bytes from the start of the file.
    public let indexedEnd: Int?
    /// How many samples the container's index has.
    public let indexedSamples: Int
    /// Whether the codec is that of single pictures (JPEG, PNG and their like), of which videos are rarely made.
    public let isStillCodec: Bool

    init(_ stream: UnsafeMutablePointer<AVStream>) {
        let parameters = stream.pointee.codecpar.pointee
        index = Int(stream.pointee.index)
        number = Int(stream.pointee.id)
        kind =
            switch parameters.codec_type {
            case AVMEDIA_TYPE_VIDEO:
                stream.pointee.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS) != 0
                    ? .attachedPicture : .video
            case AVMEDIA_TYPE_AUDIO: .audio
            default: .other
            }
        codec = Self.codecName(parameters)
        timeBase = Rational(stream.pointee.time_base)
        width = Int(parameters.width)
        height = Int(parameters.height)
        let aspect = Rational(stream.pointee.sample_aspect_ratio)
        sampleAspect = aspect.value == nil ? Rational(parameters.sample_aspect_ratio) : aspect
        orientation = Self.orientation(stream)
        channels = Int(parameters.ch_layout.nb_channels)
        sampleRate = Int(parameters.sample_rate)
        let unit = timeBase.value ?? 0
        duration = stream.pointee.duration > 0 ? Double(stream.pointee.duration) * unit : nil
        startTime =
            stream.pointee.start_time == darkroom_no_timestamp ? nil : Double(stream.pointee.start_time) * unit
        indexedSpan = Self.indexedSpan(stream, unit)
        isDefault = stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0
        let entries = avformat_index_get_entries_count(stream)
        indexedSamples = Int(entries)
        isStillCodec = [
            AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG, AV_CODEC_ID_GIF, AV_CODEC_ID_WEBP, AV_CODEC_ID_BMP, AV_CODEC_ID_TIFF,
        ].contains(parameters.codec_id)
        indexedEnd = entries > 0 ? avformat_index_get_entry(stream, entries - 1).map { Self.end($0.pointee) } : nil
    }

    /// The same stream as a picture that stands beside the others.
    public func asAttachedPicture() -> StreamInfo {
        var stream = self
        stream.kind = .attachedPicture
        return stream
    }

    /// Where a sample ends. Places are 64 bits without a sign in files, and sizes 30: what is negative here is large there.
    private static func end(_ entry: AVIndexEntry) -> Int {
        let size = Int(entry.size)
        return Int(clamping: UInt64(bitPattern: entry.pos)).addingSaturated(size < 0 ? size + (1 << 30) : size)
    }

    /// Samples in front of and behind an edit that may have to be passed over: minutes of video.
    private static let mostHidden = 20_000

    private static func indexedSpan(_ stream: UnsafeMutablePointer<AVStream>, _ unit: Double) -> Double? {
        let count = avformat_index_get_entries_count(stream)
        func shown(_ places: some Sequence<Int32>) -> Double? {
            let shown = places.lazy.prefix(mostHidden).compactMap { avformat_index_get_entry(stream, $0) }
                .first { $0.pointee.flags & AVINDEX_DISCARD_FRAME == 0 }
            return shown.map { Double($0.pointee.timestamp) }
        }
        guard count > 1, let first = shown(0..<count), let last = shown((0..<count).reversed()), last > first else {
            return nil
        }
        return (last - first) * unit
    }

    /// FFmpeg's name, or else the container's four characters.
    static func codecName(_ parameters: AVCodecParameters) -> String {
        if parameters.codec_id != AV_CODEC_ID_NONE { return String(cString: avcodec_get_name(parameters.codec_id)) }
        let tag = (0..<4).map { UInt8(truncatingIfNeeded: parameters.codec_tag >> (8 * $0)) }
        let isWord = tag.allSatisfy { (33...126).contains($0) }
        return isWord ? String(decoding: tag, as: UTF8.self) : "unknown"
    }

    private static func orientation(_ stream: UnsafeMutablePointer<AVStream>) -> Orientation {
        var size = 0
        guard let data = darkroom_stream_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
            return .up
        }
        return data.withMemoryRebound(to: Int32.self, capacity: 9) { matrix in
            Orientation(a: Int(matrix[0]), b: Int(matrix[1]), c: Int(matrix[3]), d: Int(matrix[4]))
        }
    }
}
