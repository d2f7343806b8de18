import CFFmpeg

/// Decodes single pictures without a container.
public enum StillDecoder {
    /// The picture formats.
    public enum Format: Sendable { case jpeg, png, gif, webp }

    /// Decodes the (first) picture in `bytes`.
    /// - Throws: ``FFmpegError/Code/unsupported`` where this build has no decoder, ``FFmpegError/Code/limit`` for too many
    ///   pixels, ``FFmpegError/Code/invalidData``, ``FFmpegError/Code/memory``, or another error of the codec.
    public static func decode(
        _ bytes: [UInt8], format: Format, settings: DecoderSettings
    ) throws(FFmpegError) -> Frame {
        let codec =
            switch format {
            case .jpeg: AV_CODEC_ID_MJPEG
            case .png: AV_CODEC_ID_PNG
            case .gif: AV_CODEC_ID_GIF
            case .webp: AV_CODEC_ID_WEBP
            }
        let decoder = try Decoder(
            codec: codec, parameters: nil, timeBase: AVRational(num: 1, den: 25), settings: settings)
        let packet = try Packet(bytes)
        let frame = try Frame()
        try decoder.send(packet)
        try decoder.send(nil)
        guard try decoder.receive(into: frame), frame.width > 0 else {
            throw FFmpegError(.invalidData, "the decoder returned no picture")
        }
        return frame
    }
}
