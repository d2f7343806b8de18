import CFFmpeg

/// A decoded picture or block of audio; the object is reused for one frame after another.
public final class Frame {
    let frame: UnsafeMutablePointer<AVFrame>

    /// Creates an empty frame.
    /// - Throws: ``FFmpegError/Code/memory``.
    public init() throws(FFmpegError) {
        guard let frame = av_frame_alloc() else { throw FFmpegError(.memory, "no memory for a frame") }
        self.frame = frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
    }

    /// Moves the content to `other` without copying it, and empties this frame.
    public func move(to other: Frame) {
        av_frame_unref(other.frame)
        av_frame_move_ref(other.frame, frame)
    }

    /// The presentation timestamp in units of the stream's time base, as the decoder estimates it.
    public var time: Int? {
        let time = frame.pointee.best_effort_timestamp
        return time == darkroom_no_timestamp ? nil : Int(time)
    }

    /// The width of a picture, in pixels.
    public var width: Int { Int(frame.pointee.width) }
    /// The height of a picture, in pixels.
    public var height: Int { Int(frame.pointee.height) }
    /// The width of a pixel divided by its height.
    public var sampleAspect: Rational { Rational(frame.pointee.sample_aspect_ratio) }

    /// Sets the colour space by the code points of ITU-T H.273 (tables 2 and 3), where the file declares it outside the coded
    /// picture.
    public func tagColours(primaries: Int, transfer: Int) {
        frame.pointee.color_primaries = AVColorPrimaries(UInt32(clamping: primaries))
        frame.pointee.color_trc = AVColorTransferCharacteristic(UInt32(clamping: transfer))
    }

    /// Sets matrix and range by the code points of ITU-T H.273 (table 4, and its 8.3), where the file declares them outside the
    /// coded picture. Matrix 0 makes the three planes green, blue and red.
    public func tagMatrix(_ matrix: Int, isFullRange: Bool) {
        frame.pointee.colorspace = AVColorSpace(UInt32(clamping: matrix))
        frame.pointee.color_range = isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        guard frame.pointee.colorspace == AVCOL_SPC_RGB else { return }
        let planes = [
            AV_PIX_FMT_YUV444P: AV_PIX_FMT_GBRP, AV_PIX_FMT_YUVJ444P: AV_PIX_FMT_GBRP,
            AV_PIX_FMT_YUV444P10LE: AV_PIX_FMT_GBRP10LE, AV_PIX_FMT_YUV444P12LE: AV_PIX_FMT_GBRP12LE,
        ]
        if let rgb = planes[AVPixelFormat(frame.pointee.format)] { frame.pointee.format = rgb.rawValue }
    }

    /// Whether the picture has luma alone.
    public var isMonochrome: Bool {
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(frame.pointee.format)) else { return false }
        return description.pointee.nb_components == 1
    }

    /// The number of audio samples in each channel.
    public var sampleCount: Int { Int(frame.pointee.nb_samples) }
    /// The number of audio channels.
    public var channels: Int { Int(frame.pointee.ch_layout.nb_channels) }
    /// The sample rate, in Hz.
    public var sampleRate: Int { Int(frame.pointee.sample_rate) }
}
