import MediaModel

/// What the head of a picture says of its colours and its resolution, read without decoding.
public struct PictureProperties: Sendable, Hashable, Codable {
    /// Whether the file has a colour profile (ICC).
    public var hasColorProfile = false
    /// Whether the file has an alpha channel, or a colour that is transparent; whether a pixel is transparent is not known.
    public var hasTransparency = false
    /// The horizontal resolution in pixels per inch, where the file states one.
    public var density: Int?

    /// The highest resolution that is plausible, in pixels per inch.
    static let maximumDensity = 65_535

    /// The properties of a picture of format `container`; `nil` for a format that is not known.
    init?(_ bytes: [UInt8], container: MediaFormat) {
        switch container {
        case .jpeg: readJPEG(bytes)
        case .png: readPNG(bytes)
        case .gif: hasTransparency = Self.hasTransparentColor(gif: bytes)
        case .webp: readWebP(bytes)
        case .heic, .avif: readHEIF(bytes)
        default: return nil
        }
    }

    /// JFIF (ITU-T T.871, 10.1) and the segments of a profile (ICC.1, annex B.4).
    private mutating func readJPEG(_ bytes: [UInt8]) {
        for segment in JPEGSegments(bytes) {
            let content = segment.content
            if segment.marker == 0xE0, content.has("JFIF\0") {
                setDensity(content.bigEndian(8, 2), perInch: [1: 1, 2: 2.54][content.bigEndian(7, 1) ?? 0])
            }
            if segment.marker == 0xE2, content.has("ICC_PROFILE\0") { hasColorProfile = true }
        }
    }

    /// The colour type and the chunks before the pixels (ISO/IEC 15948, 11.2.2, 11.3.2, 11.3.3, 11.3.5).
    private mutating func readPNG(_ bytes: [UInt8]) {
        hasTransparency = [4, 6].contains(bytes.bigEndian(25, 1))
        var offset = 8
        while let length = bytes.bigEndian(offset, 4), offset + 8 <= bytes.count {
            let chunk = bytes[offset...]
            if chunk.has("IDAT", at: 4) { break }
            if chunk.has("tRNS", at: 4) { hasTransparency = true }
            if chunk.has("iCCP", at: 4) { hasColorProfile = true }
            if chunk.has("pHYs", at: 4), bytes.bigEndian(offset + 16, 1) == 1 {
                setDensity(bytes.bigEndian(offset + 8, 4), perInch: 0.0254)
            }
            offset += 12 + length
        }
    }

    /// Whether a colour of the first frame is transparent (GIF89a, 23).
    private static func hasTransparentColor(gif bytes: [UInt8]) -> Bool {
        guard let flags = bytes.littleEndian(10, 1) else { return false }
        var offset = 13 + (flags & 0x80 == 0 ? 0 : 3 << (flags & 7 + 1))
        while bytes.littleEndian(offset, 1) == 0x21, let label = bytes.littleEndian(offset + 1, 1) {
            if label == 0xF9 { return (bytes.littleEndian(offset + 3, 1) ?? 0) & 1 != 0 }
            offset += 2
            while let length = bytes.littleEndian(offset, 1) {
                offset += 1 + length
                if length == 0 { break }
            }
        }
        return false
    }

    /// The flags of the extended header (RFC 9649, 2.7), or of the lossless picture (3.4).
    private mutating func readWebP(_ bytes: [UInt8]) {
        if bytes.has("VP8X", at: 12), let flags = bytes.littleEndian(20, 1) {
            (hasTransparency, hasColorProfile) = (flags & 0x10 != 0, flags & 0x20 != 0)
        } else if bytes.has("VP8L", at: 12), let packed = bytes.littleEndian(21, 4) {
            hasTransparency = packed >> 28 & 1 != 0
        }
    }

    /// The properties of all items (ISO/IEC 23008-12, 6.5.5 and 6.5.8).
    private mutating func readHEIF(_ bytes: [UInt8]) {
        for property in HEIFItems(bytes)?.properties ?? [] {
            let content = bytes[property.content]
            if property.type == "colr", content.has("prof") || content.has("rICC") { hasColorProfile = true }
            if property.type == "auxC", Self.isOpacity(auxC: content) { hasTransparency = true }
        }
    }

    /// Whether the content of an `auxC` property says that its picture is the opacity of another.
    static func isOpacity(auxC content: ArraySlice<UInt8>) -> Bool {
        // The names are short; a file may refer very often to one of megabytes.
        let type = String(decoding: content.dropFirst(4).prefix(128).prefix { $0 != 0 }, as: UTF8.self)
        return type.hasSuffix(":alpha") || type.hasSuffix(":auxid:1")
    }

    /// - Parameter scale: how many of `number`'s units a pixel per inch is; `nil` where the file states no unit.
    private mutating func setDensity(_ number: Int?, perInch scale: Double?) {
        guard let number, let scale else { return }
        let density = Int((Double(number) * scale).rounded())
        if (1...Self.maximumDensity).contains(density) { self.density = density }
    }
}
