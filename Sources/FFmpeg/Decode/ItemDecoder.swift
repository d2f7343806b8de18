import CFFmpeg

/// Decodes single coded pictures that a container keeps without frames around them, such as the items of HEIF and AVIF files, one
/// after another and each by itself.
public final class ItemDecoder {
    /// The coding of the pictures.
    public enum Coding: Sendable {
        /// HEVC (ISO/IEC 23008-2) in units with a length in front of each; the configuration is the content of `hvcC`.
        case hevc
        /// AV1 in the low-overhead format; it needs no configuration.
        case av1
    }

    private let decoder: Decoder

    /// Creates a decoder of pictures with the same configuration.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no decoder, ``FFmpegError/Code/memory``, or the error of
    ///   the codec, which is ``FFmpegError/Code/invalidData`` for a damaged configuration.
    public init(_ coding: Coding, configuration: [UInt8], settings: DecoderSettings) throws(FFmpegError) {
        guard let parameters = avcodec_parameters_alloc() else {
            throw FFmpegError(.memory, "no memory for the parameters of a decoder")
        }
        defer {
            var freed: UnsafeMutablePointer<AVCodecParameters>? = parameters
            avcodec_parameters_free(&freed)
        }
        parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        parameters.pointee.codec_id = coding == .hevc ? AV_CODEC_ID_HEVC : AV_CODEC_ID_AV1
        if !configuration.isEmpty {
            // Decoders read somewhat beyond the end; av_mallocz fills that with zeros.
            let padded = configuration.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)
            guard let data = av_mallocz(padded)?.assumingMemoryBound(to: UInt8.self) else {
                throw FFmpegError(.memory, "no memory for the configuration of a decoder")
            }
            data.update(from: configuration, count: configuration.count)
            parameters.pointee.extradata = data
            parameters.pointee.extradata_size = Int32(configuration.count)
        }
        decoder = try Decoder(
            codec: parameters.pointee.codec_id, parameters: parameters, timeBase: AVRational(num: 1, den: 25),
            settings: settings)
    }

    /// Decodes the (first) picture in `bytes`.
    /// - Throws: ``FFmpegError/Code/limit`` for too many pixels, ``FFmpegError/Code/invalidData``,
    ///   ``FFmpegError/Code/memory``, or another error of the codec.
    public func decode(_ bytes: [UInt8]) throws(FFmpegError) -> Frame {
        let packet = try Packet(bytes)
        let frame = try Frame()
        defer { decoder.flush() }
        try decoder.send(packet)
        try decoder.send(nil)
        guard try decoder.receive(into: frame), frame.width > 0, frame.height > 0 else {
            throw FFmpegError(.invalidData, "the decoder returned no picture")
        }
        return frame
    }
}
