import CFFmpeg

/// Reads a container: its streams, then its packets in order. Used by one thread at a time.
///
/// It reads its own source and nothing else: whatever the container refers to, no other file and no URL is opened.
public final class Demuxer {
    /// The supported demuxers.
    public enum Format: String, Sendable, CaseIterable {
        case mov, avi, matroska, flv, mp3, wav, ogg, amr, flac, aac, mpegts, mpeg
    }

    private let input: InputContext
    let context: UnsafeMutablePointer<AVFormatContext>
    private let limits: DemuxLimits

    /// Opens `source`, whose content is of `format`.
    /// - Throws: ``FFmpegError/Code/limit`` for too many streams, ``FFmpegError/Code/deadline``,
    ///   ``FFmpegError/Code/unsupported`` where this build has no such demuxer, the error of the source, or
    ///   ``FFmpegError/Code/invalidData`` and other errors of the demuxer.
    public init(_ source: ByteSource, format: Format, limits: DemuxLimits, deadline: Deadline) throws(FFmpegError) {
        Libraries.prepare()
        guard let demuxer = av_find_input_format(format.rawValue) else {
            throw FFmpegError(.unsupported, "this build has no demuxer for \(format.rawValue)")
        }
        let input = try InputContext(source: source, deadline: deadline)
        self.input = input
        var context = avformat_alloc_context()
        guard let allocated = context else { throw FFmpegError(.memory, "no memory for a demuxer") }
        Self.confine(allocated, to: input, format, limits)
        // This frees the context on failure.
        let status = avformat_open_input(&context, "", demuxer, nil)
        guard status >= 0, let context else {
            if input.hasTooManyStreams { throw Self.tooManyStreams(limits) }
            throw Self.failure(status, input, "opening \(format.rawValue)")
        }
        self.context = context
        // Some demuxers treat an interrupted read as the end of the file.
        try deadline.check()
        self.limits = limits
        guard streamCount <= limits.streams, !input.hasTooManyStreams else { throw Self.tooManyStreams(limits) }
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
        withExtendedLifetime(input) {}
    }

    private static func confine(
        _ context: UnsafeMutablePointer<AVFormatContext>, to input: InputContext, _ format: Format,
        _ limits: DemuxLimits
    ) {
        context.pointee.pb = input.context
        // Read by the log callback, which looks for a message about this container.
        context.pointee.opaque = input.opaque
        context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        context.pointee.interrupt_callback = AVIOInterruptCB(
            callback: { InputContext.from($0).deadline.hasPassed ? 1 : 0 }, opaque: input.opaque)
        // A container that refers to another file (MOV data references, playlists) cannot open it.
        context.pointee.io_open = { _, _, _, _, _ in darkroom_error_access }
        context.pointee.probesize = Int64(limits.probeBytes)
        context.pointee.max_analyze_duration = 5 * Int64(AV_TIME_BASE)
        // The codec that WAVE declares is trusted: searching PCM for other codecs takes longer than decoding it.
        if format == .wav { context.pointee.max_probe_packets = 0 }
        context.pointee.max_streams = Int32(limits.streams)
        av_opt_set(context, "protocol_whitelist", "", 0)
        av_opt_set(context, "codec_whitelist", AllowList.decoders.joined(separator: ","), 0)
        av_opt_set(context, "format_whitelist", AllowList.demuxers.joined(separator: ","), 0)
    }

    private static func tooManyStreams(_ limits: DemuxLimits) -> FFmpegError {
        FFmpegError(.limit, "more than \(limits.streams) streams")
    }

    private static func failure(_ status: Int32, _ input: InputContext, _ action: String) -> FFmpegError {
        if input.deadline.hasPassed { return FFmpegError(.deadline, "\(action): the deadline passed") }
        return input.failure ?? FFmpegError(status: status, action)
    }

    private var streamCount: Int { Int(context.pointee.nb_streams) }

    /// The streams as far as they are known: some properties are known only after packets were read.
    public var streams: [StreamInfo] { (0..<streamCount).map(stream) }

    /// One stream as far as it is known.
    public func stream(_ index: Int) -> StreamInfo { StreamInfo(context.pointee.streams[index]!) }

    /// The duration that the container states, in seconds.
    public var duration: Double? {
        context.pointee.duration > 0 ? Double(context.pointee.duration) / Double(AV_TIME_BASE) : nil
    }

    /// The time of the first sample of all streams, in seconds, as far as it is known.
    public var startTime: Double? {
        let time = context.pointee.start_time
        return time == darkroom_no_timestamp ? nil : Double(time) / Double(AV_TIME_BASE)
    }

    /// Reads ahead to learn what the container's head does not state. Costs 10 to 20 ms: only for containers that need it.
    /// - Throws: ``FFmpegError/Code/limit`` for too many streams, ``FFmpegError/Code/deadline``, the error of the source, or an
    ///   error of the demuxer.
    public func readStreamDetails() throws(FFmpegError) {
        // The decoders that are used for this have the same limit as any other.
        var options = [OpaquePointer?](repeating: nil, count: streamCount)
        for index in options.indices { av_dict_set_int(&options[index], "max_pixels", Int64(limits.pixels), 0) }
        let status = avformat_find_stream_info(context, &options)
        for index in options.indices { av_dict_free(&options[index]) }
        guard streamCount <= limits.streams, !input.hasTooManyStreams else { throw Self.tooManyStreams(limits) }
        guard status >= 0 else { throw Self.failure(status, input, "reading stream details") }
    }

    /// Skips packets of all other streams from now on.
    public func select(_ indices: Set<Int>) {
        for index in 0..<streamCount {
            context.pointee.streams[index]!.pointee.discard =
                indices.contains(index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// Reads the next packet into `packet`; `false` at the end of the file.
    /// - Throws: ``FFmpegError/Code/deadline``, the error of the source, or an error of the demuxer.
    public func read(into packet: Packet) throws(FFmpegError) -> Bool {
        av_packet_unref(packet.packet)
        if input.deadline.hasPassed { throw FFmpegError(.deadline, "the deadline passed") }
        let status = av_read_frame(context, packet.packet)
        if status >= 0 { return true }
        if let failure = input.failure { throw failure }
        if status == darkroom_error_eof { return false }
        throw Self.failure(status, input, "reading a packet")
    }

    /// Seeks to the last keyframe of a stream at or before `time`, in units of the stream's time base; `false` when the container
    /// cannot seek.
    public func seek(toKeyframeBefore time: Int, stream: Int) -> Bool {
        av_seek_frame(context, Int32(stream), Int64(time), AVSEEK_FLAG_BACKWARD) >= 0
    }
}
