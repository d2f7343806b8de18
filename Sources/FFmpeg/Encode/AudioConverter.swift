import CFFmpeg

/// Converts decoded sound to the layout and the frames of an encoder. Used by one thread at a time.
public final class AudioConverter {
    private let encoder: StreamEncoder
    private let queue: OpaquePointer
    private var resampler: OpaquePointer?
    /// Samples that were queued, in total.
    public private(set) var queuedSamples = 0
    /// Samples that were taken, in total: the time of the next frame in units of the encoder's time base.
    private var takenSamples = 0

    /// Creates a converter for `encoder`.
    /// - Throws: ``FFmpegError/Code/memory``.
    public init(for encoder: StreamEncoder) throws(FFmpegError) {
        let context = encoder.context.pointee
        guard let queue = av_audio_fifo_alloc(context.sample_fmt, context.ch_layout.nb_channels, 4096) else {
            throw FFmpegError(.memory, "no memory for samples")
        }
        self.encoder = encoder
        self.queue = queue
    }

    deinit {
        swr_free(&resampler)
        av_audio_fifo_free(queue)
    }

    /// The sample rate of the encoder, in Hz.
    public var sampleRate: Int { Int(encoder.context.pointee.sample_rate) }

    /// Queues the samples of a frame; `nil` marks the end of the stream.
    /// - Throws: ``FFmpegError/Code/unsupported`` for a layout that cannot be converted, ``FFmpegError/Code/memory``.
    public func append(_ frame: Frame?) throws(FFmpegError) {
        if let frame, frame.frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            let channels = frame.frame.pointee.ch_layout.nb_channels
            av_channel_layout_default(&frame.frame.pointee.ch_layout, channels)
        }
        guard frame != nil || resampler != nil else { return }
        let converted = try emptyFrame()
        var status = try convert(frame, to: converted)
        // A stream may change its layout.
        if status < 0, frame != nil, resampler != nil {
            try append(nil)
            swr_free(&resampler)
            status = try convert(frame, to: converted)
        }
        guard status >= 0 else { throw FFmpegError(.unsupported, "this layout of sound cannot be converted") }
        try queue(converted)
    }

    /// Queues silence, a second at most.
    /// - Throws: ``FFmpegError/Code/memory``.
    public func appendSilence(samples: Int) throws(FFmpegError) {
        let silence = try emptyFrame()
        silence.frame.pointee.nb_samples = Int32(min(max(samples, 1), sampleRate))
        guard av_frame_get_buffer(silence.frame, 0) >= 0, darkroom_silence(silence.frame) >= 0 else {
            throw FFmpegError(.memory, "no memory for samples")
        }
        try queue(silence)
    }

    /// The next frame for the encoder and its time; `nil` when more samples are needed first.
    /// - Parameter isEnd: whether no more samples follow, so that a shorter frame is the last.
    /// - Throws: ``FFmpegError/Code/memory``.
    public func next(isEnd: Bool) throws(FFmpegError) -> (frame: Frame, time: Int)? {
        let available = Int(av_audio_fifo_size(queue))
        guard available >= encoder.frameSize || isEnd && available > 0 else { return nil }
        let frame = try emptyFrame()
        frame.frame.pointee.nb_samples = Int32(min(available, encoder.frameSize))
        guard av_frame_get_buffer(frame.frame, 0) >= 0, darkroom_dequeue_samples(queue, frame.frame) >= 0 else {
            throw FFmpegError(.memory, "no memory for samples")
        }
        defer { takenSamples += frame.sampleCount }
        return (frame, takenSamples)
    }

    private func convert(_ frame: Frame?, to converted: Frame) throws(FFmpegError) -> Int32 {
        if resampler == nil {
            resampler = swr_alloc()
            guard resampler != nil else { throw FFmpegError(.memory, "no memory for a resampler") }
        }
        return swr_convert_frame(resampler, converted.frame, frame?.frame)
    }

    private func queue(_ frame: Frame) throws(FFmpegError) {
        guard frame.sampleCount > 0 else { return }
        guard darkroom_queue_samples(queue, frame.frame) >= frame.sampleCount else {
            throw FFmpegError(.memory, "no memory for samples")
        }
        queuedSamples += frame.sampleCount
    }

    /// A frame in the encoder's layout without samples.
    private func emptyFrame() throws(FFmpegError) -> Frame {
        let frame = try Frame()
        let context = encoder.context
        frame.frame.pointee.format = context.pointee.sample_fmt.rawValue
        frame.frame.pointee.sample_rate = context.pointee.sample_rate
        guard av_channel_layout_copy(&frame.frame.pointee.ch_layout, &context.pointee.ch_layout) >= 0 else {
            throw FFmpegError(.memory, "no memory for samples")
        }
        return frame
    }
}
