/// An animated WebP file (RFC 9649, section 2.7.1). FFmpeg 5.1 cannot decode it, but it can decode each of its frames.
enum WebPAnimation {
    /// The first frame as a file of its own; `nil` when it does not fill the canvas.
    static func firstFrame(_ bytes: [UInt8], canvas: ImageHeader) -> [UInt8]? {
        var offset = 12
        while let length = bytes.littleEndian(offset + 4, 4), offset + 8 + length <= bytes.count {
            let chunk = bytes[(offset + 8)..<(offset + 8 + length)]
            if bytes[offset...].has("ANMF") { return still(frame: chunk, canvas) }
            offset += 8 + length + length & 1
        }
        return nil
    }

    private static func still(frame: ArraySlice<UInt8>, _ canvas: ImageHeader) -> [UInt8]? {
        guard let width = frame.littleEndian(6, 3), let height = frame.littleEndian(9, 3),
            width + 1 == canvas.width, height + 1 == canvas.height
        else { return nil }
        let dimensions = Array(frame.dropFirst(6).prefix(6))
        let alpha: UInt8 = 0x10
        let extended = Array("VP8X".utf8) + number(10) + [alpha, 0, 0, 0] + dimensions
        let content = Array("WEBP".utf8) + extended + Array(frame.dropFirst(16))
        return Array("RIFF".utf8) + number(content.count) + content
    }

    private static func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
}
