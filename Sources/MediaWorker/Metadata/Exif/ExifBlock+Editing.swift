import FFmpeg

extension ExifBlock {
    /// A directory without entries.
    private static let empty: [UInt8] = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 0, 0, 0, 0, 0]

    /// What takes the place of the TIFF file `bytes`: as many bytes, without the place or with nothing but the orientation.
    static func edited(_ bytes: [UInt8], removesAll: Bool) -> [UInt8] {
        if !removesAll, var block = ExifBlock(bytes), block.removeLocation() { return block.bytes }
        var left = Orientation(exif: bytes).map { ExifBlock($0).bytes } ?? empty
        if left.count > bytes.count { left = bytes.count >= empty.count ? empty : [] }
        return left + [UInt8](repeating: 0, count: bytes.count - left.count)
    }
}

extension ExifBlock {
    /// What is left of the TIFF file `bytes` without the place, or of its orientation; `nil` for nothing.
    static func shortened(_ bytes: [UInt8], removesAll: Bool) -> [UInt8]? {
        if !removesAll, var block = ExifBlock(bytes), block.removeLocation() { return block.bytes }
        return Orientation(exif: bytes).map { ExifBlock($0).bytes }
    }
}
