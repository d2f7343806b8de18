import CFFmpeg

/// A decoder of single pictures that stand in no container.
public enum StillDecoder {
    /// The formats of such pictures.
    public enum Format: Sendable { case jpeg, png, gif, webp }

    /// The (first) picture in `bytes`. `reduction` asks for 1/2, 1/4 or 1/8 of the size (1, 2, 3) where that saves work.
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
        let packet = try Packet()
        let status = av_new_packet(packet.packet, Int32(bytes.count))
        guard status >= 0, let data = packet.packet.pointee.data else {
            throw FFmpegError(.memory, "no memory for a picture")
        }
        data.update(from: bytes, count: bytes.count)
        let frame = try Frame()
        try decoder.send(packet)
        try decoder.send(nil)
        guard try decoder.receive(into: frame), frame.width > 0 else {
            throw FFmpegError(.invalidData, "no picture came out")
        }
        return frame
    }
}
