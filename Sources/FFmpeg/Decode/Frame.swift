import CFFmpeg

/// A decoded picture or a stretch of decoded audio: one object, filled again and again.
public final class Frame {
    let frame: UnsafeMutablePointer<AVFrame>

    /// An empty frame.
    public init() throws(FFmpegError) {
        guard let frame = av_frame_alloc() else { throw FFmpegError(.memory, "no memory for a frame") }
        self.frame = frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
    }

    /// Makes `other` show what this one shows, without copying it, and empties this one.
    public func move(to other: Frame) {
        av_frame_unref(other.frame)
        av_frame_move_ref(other.frame, frame)
    }

    /// When it is presented, in the stream's unit: the decoder's best knowledge.
    public var time: Int? {
        let time = frame.pointee.best_effort_timestamp
        return time == darkroom_no_timestamp ? nil : Int(time)
    }

    /// Whether the decoder could not read all of it.
    public var isDamaged: Bool {
        frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
    }

    /// Pixels of a picture.
    public var width: Int { Int(frame.pointee.width) }
    /// Pixels of a picture.
    public var height: Int { Int(frame.pointee.height) }
    /// The width of a pixel over its height.
    public var sampleAspect: Rational { Rational(frame.pointee.sample_aspect_ratio) }

    /// Notes what its colours are, by the numbers of ITU-T H.273 (tables 2 and 3), where its file says it beside the picture.
    public func tagColours(primaries: Int, transfer: Int) {
        frame.pointee.color_primaries = AVColorPrimaries(UInt32(clamping: primaries))
        frame.pointee.color_trc = AVColorTransferCharacteristic(UInt32(clamping: transfer))
    }

    /// Samples of audio, in each channel.
    public var sampleCount: Int { Int(frame.pointee.nb_samples) }
    /// Channels of audio.
    public var channels: Int { Int(frame.pointee.ch_layout.nb_channels) }
    /// Samples a second.
    public var sampleRate: Int { Int(frame.pointee.sample_rate) }
}
