import CFFmpeg

/// Decodes one stream on the calling thread: packets in, frames out. Used by one thread at a time.
public final class Decoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let maximumPixels: Int

    /// Creates a decoder for a stream of `demuxer`.
    /// - Throws: ``FFmpegError/Code/unsupported`` for a codec that is not on the allow list or not in this build,
    ///   ``FFmpegError/Code/memory``, or the error of the codec.
    public convenience init(
        _ demuxer: Demuxer, stream index: Int, settings: DecoderSettings
    ) throws(FFmpegError) {
        let stream = demuxer.context.pointee.streams[index]!.pointee
        try self.init(
            codec: stream.codecpar.pointee.codec_id, parameters: stream.codecpar, timeBase: stream.time_base,
            settings: settings)
    }

    init(
        codec id: AVCodecID, parameters: UnsafePointer<AVCodecParameters>?, timeBase: AVRational,
        settings: DecoderSettings
    ) throws(FFmpegError) {
        Libraries.prepare()
        let name = parameters.map { StreamInfo.codecName($0.pointee) } ?? String(cString: avcodec_get_name(id))
        guard let codec = avcodec_find_decoder(id) else {
            throw FFmpegError(.unsupported, "this build has no decoder for \(name)")
        }
        guard AllowList.decoders.contains(String(cString: codec.pointee.name)) else {
            throw FFmpegError(.unsupported, "\(name) is not among the codecs that are decoded here")
        }
        guard let context = avcodec_alloc_context3(codec) else {
            throw FFmpegError(.memory, "no memory for a decoder")
        }
        self.context = context
        maximumPixels = settings.maximumPixels
        if let parameters { avcodec_parameters_to_context(context, parameters) }
        context.pointee.pkt_timebase = timeBase
        context.pointee.thread_count = Int32(settings.threads)
        // FFmpeg counts padded rows, up to 63 pixels longer. With a quarter more, a picture of exactly the maximum size is
        // accepted here if its rows have at least 256 pixels; larger ones are rejected by `receive`.
        context.pointee.max_pixels = Int64(settings.maximumPixels + settings.maximumPixels / 4)
        context.pointee.lowres = min(Int32(settings.reduction), Int32(codec.pointee.max_lowres))
        let status = avcodec_open2(context, codec, nil)
        guard status >= 0 else { throw FFmpegError(status: status, "opening the decoder of \(name)") }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Whether frames from which no other frame is predicted are skipped: their packets give no frame.
    public var skipsUnreferencedFrames: Bool {
        get { context.pointee.skip_frame == AVDISCARD_NONREF }
        set { context.pointee.skip_frame = newValue ? AVDISCARD_NONREF : AVDISCARD_DEFAULT }
    }

    /// Sends a packet to the decoder; `nil` marks the end of the stream, after which the last frames are returned.
    /// - Throws: ``FFmpegError/Code/invalidData`` for a damaged packet, or another error of the codec.
    public func send(_ packet: Packet?) throws(FFmpegError) {
        let status = avcodec_send_packet(context, packet?.packet)
        guard status >= 0 || status == darkroom_error_eof else { throw FFmpegError(status: status, "decoding") }
    }

    /// Forgets everything that was sent, so that the next packet begins another stream with the same parameters.
    func flush() { avcodec_flush_buffers(context) }

    /// Stores the next decoded frame in `frame`; `false` when another packet is needed first, or after the last frame.
    /// - Throws: ``FFmpegError/Code/limit`` for a frame with too many pixels, ``FFmpegError/Code/invalidData`` for damaged
    ///   data, or another error of the codec.
    public func receive(into frame: Frame) throws(FFmpegError) -> Bool {
        let status = avcodec_receive_frame(context, frame.frame)
        if status >= 0 {
            guard frame.width * frame.height <= maximumPixels else {
                throw FFmpegError(.limit, "a frame of \(frame.width) × \(frame.height) pixels is too large")
            }
            return true
        }
        if status == darkroom_error_again || status == darkroom_error_eof { return false }
        throw FFmpegError(status: status, "decoding")
    }
}
