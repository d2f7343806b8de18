import CFFmpeg

/// How a video is encoded as H.264, High profile, 4:2:0 with 8 bits.
public struct VideoEncoding: Sendable {
    /// The width in pixels, an even number.
    public var width: Int
    /// The height in pixels, an even number.
    public var height: Int
    /// Frames per second, for the rate control and the distance of keyframes: frames keep their own times.
    public var frameRate: Double
    /// The constant rate factor of x264, from 0 (lossless) to 51.
    public var rateFactor = 23
    /// The maximum rate in bits per second, over a buffer of two seconds.
    public var maximumRate: Int
    /// The preset of x264.
    public var preset = "veryfast"
    /// The number of threads that encode.
    public var threads = 2
    /// The unit of the frames' times, in seconds: that of MPEG, in which the frame times of all usual rates are whole numbers.
    public static let timeBase = Rational(1, 90_000)
    /// The time between keyframes, in seconds.
    static let keyframeSeconds = 2.0

    /// Settings with the defaults for quality and threads.
    public init(width: Int, height: Int, frameRate: Double, maximumRate: Int) {
        self.width = width
        self.height = height
        self.frameRate = frameRate
        self.maximumRate = maximumRate
    }

    /// The maximum number of frames between keyframes.
    var keyframeInterval: Int { min(max(Int((frameRate * Self.keyframeSeconds).rounded()), 2), 240) }
}

extension StreamEncoder {
    /// Creates an encoder of H.264. Frames have the colours of `stream`, or those of BT.709 where these are of high dynamic range.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no encoder, ``FFmpegError/Code/memory``, or the error of
    ///   the encoder.
    public convenience init(_ encoding: VideoEncoding, colours: VideoColours) throws(FFmpegError) {
        try self.init("libx264") { context in
            context.pointee.width = Int32(encoding.width)
            context.pointee.height = Int32(encoding.height)
            context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
            context.pointee.time_base = AVRational(VideoEncoding.timeBase)
            context.pointee.framerate = av_d2q(encoding.frameRate, 100_000)
            context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
            context.pointee.gop_size = Int32(encoding.keyframeInterval)
            context.pointee.rc_max_rate = Int64(encoding.maximumRate)
            context.pointee.rc_buffer_size = Int32(clamping: 2 * encoding.maximumRate)
            context.pointee.thread_count = Int32(encoding.threads)
            context.pointee.color_range = AVCOL_RANGE_MPEG
            context.pointee.color_primaries = colours.primaries
            context.pointee.color_trc = colours.transfer
            context.pointee.colorspace = colours.matrix
            av_opt_set(context.pointee.priv_data, "preset", encoding.preset, 0)
            av_opt_set(context.pointee.priv_data, "profile", "high", 0)
            av_opt_set(context.pointee.priv_data, "crf", "\(encoding.rateFactor)", 0)
        }
    }
}
