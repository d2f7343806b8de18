import CFFmpeg

/// The properties of a stream that the container states, before anything is decoded.
public struct StreamInfo: Sendable {
    /// What a stream carries.
    public enum Kind: Sendable { case video, audio, attachedPicture, other }

    /// The index of the stream in the container.
    public let index: Int
    /// The container's own number for the stream.
    public let number: Int
    /// What the stream carries.
    public private(set) var kind: Kind
    /// FFmpeg's name for the codec; the container's own, or `"unknown"`, for a codec that FFmpeg does not know.
    public let codec: String
    /// The unit of the stream's timestamps, in seconds.
    public let timeBase: Rational
    /// The coded width in pixels; 0 when the container does not state it.
    public let width: Int
    /// The coded height in pixels; 0 when the container does not state it.
    public let height: Int
    /// The width of a pixel divided by its height.
    public let sampleAspect: Rational
    /// How the picture is rotated and mirrored for display.
    public let orientation: Orientation
    /// The number of audio channels; 0 when the container does not state it.
    public let channels: Int
    /// The sample rate in Hz; 0 when the container does not state it.
    public let sampleRate: Int
    /// The duration that the container states, in seconds.
    public let duration: Double?
    /// The time from the start of the first to the start of the last sample that is shown, in seconds, by the container's index.
    public let indexedSpan: Double?
    /// The presentation time of the first sample in seconds, once a packet of the stream was read.
    public let startTime: Double?
    /// Whether the container marks the stream as the default.
    public let isDefault: Bool
    /// The end of the last sample that the container's index lists, in bytes from the start of the file.
    public let indexedEnd: Int?
    /// The number of samples in the container's index.
    public let indexedSamples: Int
    /// Whether the codec is one for single pictures (JPEG, PNG and others), which videos rarely use.
    public let isStillCodec: Bool
    /// What the stream states of its coding.
    public let coding: StreamCoding

    init(_ stream: UnsafeMutablePointer<AVStream>) {
        let parameters = stream.pointee.codecpar.pointee
        index = Int(stream.pointee.index)
        number = Int(stream.pointee.id)
        coding = StreamCoding(stream.pointee, parameters)
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

    /// The same stream as an attached picture.
    public func asAttachedPicture() -> StreamInfo {
        var stream = self
        stream.kind = .attachedPicture
        return stream
    }

    /// The end of a sample. In files, offsets have 64 bits without a sign and sizes 30: negative numbers here are large ones.
    private static func end(_ entry: AVIndexEntry) -> Int {
        let size = Int(entry.size)
        return Int(clamping: UInt64(bitPattern: entry.pos)).addingSaturated(size < 0 ? size + (1 << 30) : size)
    }

    /// The maximum number of samples before and after an edit that are skipped: minutes of video.
    private static let maximumHidden = 20_000

    private static func indexedSpan(_ stream: UnsafeMutablePointer<AVStream>, _ unit: Double) -> Double? {
        let count = avformat_index_get_entries_count(stream)
        func firstShown(_ entries: some Sequence<Int32>) -> Double? {
            let shown = entries.lazy.prefix(maximumHidden).compactMap { avformat_index_get_entry(stream, $0) }
                .first { $0.pointee.flags & AVINDEX_DISCARD_FRAME == 0 }
            return shown.map { Double($0.pointee.timestamp) }
        }
        guard count > 1, let first = firstShown(0..<count), let last = firstShown((0..<count).reversed()), last > first
        else {
            return nil
        }
        return (last - first) * unit
    }

    /// FFmpeg's name for the codec, or else the container's four-character code.
    static func codecName(_ parameters: AVCodecParameters) -> String {
        if parameters.codec_id != AV_CODEC_ID_NONE { return String(cString: avcodec_get_name(parameters.codec_id)) }
        let tag = (0..<4).map { UInt8(truncatingIfNeeded: parameters.codec_tag >> (8 * $0)) }
        let isPrintable = tag.allSatisfy { (33...126).contains($0) }
        return isPrintable ? String(decoding: tag, as: UTF8.self) : "unknown"
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
