import CFFmpeg

/// How sound is encoded.
public struct AudioEncoding: Sendable {
    /// The codecs.
    public enum Codec: Sendable {
        /// AAC, low complexity.
        case aac
        /// Opus (RFC 6716).
        case opus
    }

    /// The codec.
    public var codec: Codec
    /// The number of channels: 1 or 2.
    public var channels: Int
    /// The sample rate in Hz.
    public let sampleRate: Int
    /// Bits per second.
    public var rate: Int

    /// The rates that players of AAC have in common.
    private static let aacRates = [48_000, 44_100, 32_000, 24_000, 22_050, 16_000]

    /// The encoding of a source with that many channels, in the sample rate that is nearest to its own.
    public init(_ codec: Codec, channels: Int, sampleRate: Int) {
        self.codec = codec
        self.channels = channels == 1 ? 1 : 2
        switch codec {
        case .opus:
            self.sampleRate = 48_000
            rate = 32_000 * self.channels
        case .aac:
            let known = sampleRate > 0 ? sampleRate : 48_000
            self.sampleRate = Self.aacRates.last { $0 >= known } ?? 48_000
            rate = 64_000 * self.channels
        }
    }

    fileprivate var encoder: String { codec == .aac ? "aac" : "libopus" }
    fileprivate var format: AVSampleFormat { codec == .aac ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_FLT }
}

extension StreamEncoder {
    /// Creates an encoder of sound. The unit of its times is a sample.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no encoder, ``FFmpegError/Code/memory``, or the error of
    ///   the encoder.
    public convenience init(_ encoding: AudioEncoding) throws(FFmpegError) {
        try self.init(encoding.encoder) { context in
            context.pointee.sample_rate = Int32(encoding.sampleRate)
            context.pointee.sample_fmt = encoding.format
            av_channel_layout_default(&context.pointee.ch_layout, Int32(encoding.channels))
            context.pointee.bit_rate = Int64(encoding.rate)
            context.pointee.time_base = AVRational(num: 1, den: Int32(encoding.sampleRate))
            context.pointee.thread_count = 1
        }
    }

    /// The number of samples in each frame but the last.
    var frameSize: Int { max(Int(context.pointee.frame_size), 1) }
}
