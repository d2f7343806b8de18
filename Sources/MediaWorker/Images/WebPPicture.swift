import FFmpeg

/// Reduces a WebP file (RFC 9649) to its picture, and corrects sizes and padding that some writers get wrong: a RIFF length that is
/// off by one, or a last odd chunk without its padding byte.
struct WebPPicture {
    private static let pictures = ["VP8X", "ALPH", "VP8 ", "VP8L"]
    private static let alpha: UInt8 = 0x10

    /// The file for the decoder; without any picture for an animation.
    private(set) var reduced: [UInt8] = []
    /// The colour profile.
    private(set) var profile: ArraySlice<UInt8>?
    /// Whether a chunk of the picture extends beyond the end of the file.
    private(set) var isCutShort = false

    init(_ bytes: [UInt8]) {
        var chunks: [UInt8] = []
        var offset = 12
        while let length = bytes.littleEndian(offset + 4, 4) {
            let content = bytes[(offset + 8)..<min(offset + 8 + length, bytes.count)]
            let type = bytes[offset..<offset + 4]
            if Self.pictures.contains(where: { type.elementsEqual($0.utf8) }) {
                isCutShort = isCutShort || content.count < length
                var chunk = Array(bytes[offset..<offset + 8]) + content
                if type.elementsEqual("VP8X".utf8), chunk.count > 8 { chunk[8] &= Self.alpha }
                chunks += chunk + [UInt8](repeating: 0, count: content.count & 1)
            } else if type.elementsEqual("ICCP".utf8), content.count == length, profile == nil {
                profile = content
            } else if type.elementsEqual("ANMF".utf8) {
                isCutShort = isCutShort || content.count < length
                break
            }
            offset += 8 + length + length & 1
        }
        let size = chunks.count + 4
        reduced = Array("RIFF".utf8) + (0..<4).map { UInt8(size >> (8 * $0) & 255) } + Array("WEBP".utf8) + chunks
    }

    /// The conversion to sRGB, where one is needed.
    var colours: ColourConversion? {
        guard let profile, profile.count <= ColourConversion.maximumProfileBytes else { return nil }
        return ColourConversion(profile: Array(profile), of: .rgb)
    }
}
