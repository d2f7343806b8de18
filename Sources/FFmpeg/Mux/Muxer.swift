import CFFmpeg

/// Writes a container: its streams, then their packets. Used by one thread at a time.
public final class Muxer {
    /// The supported containers, by FFmpeg's names.
    public enum Format: String, Sendable {
        /// MP4, whose index follows the media data.
        case mp4
        /// Ogg.
        case ogg
    }

    private let output: OutputContext
    private let context: UnsafeMutablePointer<AVFormatContext>

    /// Begins a container without streams that is written to `sink`.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no such muxer, ``FFmpegError/Code/memory``.
    public init(_ format: Format, to sink: any ByteSink) throws(FFmpegError) {
        Libraries.prepare()
        output = try OutputContext(sink: sink)
        var context: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_alloc_output_context2(&context, nil, format.rawValue, nil)
        guard status >= 0, let context else {
            throw FFmpegError(.unsupported, "this build has no muxer for \(format.rawValue)")
        }
        self.context = context
        context.pointee.pb = output.context
        // Without its name and version, which would be metadata.
        context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT
    }

    deinit {
        avformat_free_context(context)
        withExtendedLifetime(output) {}
    }

    /// Adds the stream that `encoder` makes; returns its index.
    /// - Throws: ``FFmpegError/Code/memory``.
    public func addStream(of encoder: StreamEncoder) throws(FFmpegError) -> Int {
        let stream = try newStream()
        let status = avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context)
        guard status >= 0 else { throw FFmpegError(status: status, "adding a stream") }
        stream.pointee.time_base = encoder.context.pointee.time_base
        stream.pointee.avg_frame_rate = encoder.context.pointee.framerate
        stream.pointee.sample_aspect_ratio = encoder.context.pointee.sample_aspect_ratio
        return Int(stream.pointee.index)
    }

    /// Adds a copy of stream `index` of `demuxer`, with its rotation; returns its index.
    /// - Throws: ``FFmpegError/Code/memory``.
    public func addStream(copying index: Int, of demuxer: Demuxer) throws(FFmpegError) -> Int {
        let stream = try newStream()
        let source = demuxer.context.pointee.streams[index]!
        let status = darkroom_copy_parameters(stream, source)
        guard status >= 0 else { throw FFmpegError(status: status, "adding a stream") }
        stream.pointee.time_base = source.pointee.time_base
        stream.pointee.avg_frame_rate = source.pointee.avg_frame_rate
        // What the container states counts; the muxer takes no other from the codec.
        let aspect = source.pointee.sample_aspect_ratio
        stream.pointee.sample_aspect_ratio = aspect
        if aspect.num > 0 { stream.pointee.codecpar.pointee.sample_aspect_ratio = aspect }
        return Int(stream.pointee.index)
    }

    private func newStream() throws(FFmpegError) -> UnsafeMutablePointer<AVStream> {
        guard let stream = avformat_new_stream(context, nil) else {
            throw FFmpegError(.memory, "no memory for a stream")
        }
        return stream
    }

    /// Writes the head. All streams must have been added.
    /// - Throws: the error of the sink or of the muxer.
    public func begin() throws(FFmpegError) { try check(avformat_write_header(context, nil), "beginning the file") }

    /// Writes a packet of stream `index`, whose times are in units of `timeBase`, and empties it.
    /// - Throws: the error of the sink or of the muxer.
    public func write(_ packet: Packet, stream index: Int, timeBase: Rational) throws(FFmpegError) {
        guard let stream = context.pointee.streams[index] else { return }
        packet.packet.pointee.stream_index = Int32(index)
        packet.packet.pointee.pos = -1
        av_packet_rescale_ts(packet.packet, AVRational(timeBase), stream.pointee.time_base)
        try check(av_interleaved_write_frame(context, packet.packet), "writing a packet")
    }

    /// Writes what is left, and the index.
    /// - Throws: the error of the sink or of the muxer.
    public func finish() throws(FFmpegError) {
        try check(av_write_trailer(context), "ending the file")
        avio_flush(context.pointee.pb)
        if let failure = output.failure { throw failure }
    }

    private func check(_ status: Int32, _ action: String) throws(FFmpegError) {
        if let failure = output.failure { throw failure }
        guard status >= 0 else { throw FFmpegError(status: status, action) }
    }
}

extension AVRational {
    /// A ratio whose numbers have to fit into 32 bits; others are cut.
    init(_ value: Rational) {
        self.init(num: Int32(clamping: value.numerator), den: Int32(clamping: value.denominator))
    }
}
