import CFFmpeg

/// Encodes one stream: frames in, packets out. Used by one thread at a time.
public final class StreamEncoder {
    let context: UnsafeMutablePointer<AVCodecContext>

    /// Opens the encoder `name` with the settings that `configure` makes.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no such encoder, ``FFmpegError/Code/memory``, or the error
    ///   of the encoder.
    init(_ name: String, configure: (UnsafeMutablePointer<AVCodecContext>) -> Void) throws(FFmpegError) {
        Libraries.prepare()
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw FFmpegError(.unsupported, "this build has no encoder \(name)")
        }
        guard let context = avcodec_alloc_context3(codec) else {
            throw FFmpegError(.memory, "no memory for an encoder")
        }
        self.context = context
        // What decoders need is in the container's head, not in the stream.
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        configure(context)
        let status = avcodec_open2(context, codec, nil)
        guard status >= 0 else { throw FFmpegError(status: status, "opening the encoder \(name)") }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// The unit of the times of frames and packets, in seconds.
    public var timeBase: Rational { Rational(context.pointee.time_base) }

    /// Sends a frame at `time`, in units of ``timeBase``, to the encoder; `nil` marks the end.
    /// - Throws: the error of the encoder.
    public func send(_ frame: Frame?, at time: Int = 0) throws(FFmpegError) {
        if let frame {
            frame.frame.pointee.pts = Int64(time)
            // The encoder chooses types of its own.
            frame.frame.pointee.pict_type = AV_PICTURE_TYPE_NONE
        }
        let status = avcodec_send_frame(context, frame?.frame)
        guard status >= 0 else { throw FFmpegError(status: status, "encoding") }
    }

    /// Stores the next packet in `packet`; `false` when another frame is needed first, or after the last packet.
    /// - Throws: the error of the encoder.
    public func receive(into packet: Packet) throws(FFmpegError) -> Bool {
        av_packet_unref(packet.packet)
        let status = avcodec_receive_packet(context, packet.packet)
        if status >= 0 { return true }
        if status == darkroom_error_again || status == darkroom_error_eof { return false }
        throw FFmpegError(status: status, "encoding")
    }
}
