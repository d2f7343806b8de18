import FFmpeg

/// An application segment of a JPEG, APP0 to APP15, or a comment (ITU-T T.81, B.2.4.5 and B.2.4.6).
struct JPEGSegment {
    private static let comment: UInt8 = 0xFE

    /// The second byte of its marker.
    let marker: UInt8
    /// What follows the length.
    let content: [UInt8]

    /// Whether segments with this marker contain application data or comments, and nothing that decoders need.
    static func isApplicationData(_ marker: UInt8) -> Bool { (0xE0...0xEF).contains(marker) || marker == comment }

    /// The stored form of the segment, with marker and length; empty when it is removed.
    func bytes(after removal: MetadataRemoval) -> [UInt8] {
        guard let kept = kept(removal), kept.count <= 65_533 else { return [] }
        let length = kept.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + kept
    }

    private func kept(_ removal: MetadataRemoval) -> [UInt8]? {
        if removal == .off { return content }
        switch marker {
        case 0xE0 where content.has("JFIF\0") && content.count >= 14:
            // The embedded thumbnail may show parts that were cropped later.
            return removal == .all ? content.prefix(12) + [0, 0] : content
        // The field order of an interlaced picture.
        case 0xE0 where content.has("AVI1"): return content
        case 0xE1 where content.has("Exif\0\0"): return exif(removal)
        case 0xE2 where content.has("ICC_PROFILE\0"): return content
        // The colour transform of the components.
        case 0xEE where content.has("Adobe"): return content
        case Self.comment where removal == .location: return content
        default: return nil
        }
    }

    private func exif(_ removal: MetadataRemoval) -> [UInt8]? {
        let (prefix, bytes) = (content.prefix(6), Array(content.dropFirst(6)))
        if removal == .location, var block = ExifBlock(bytes), block.removeLocation() { return prefix + block.bytes }
        // Also where the block is malformed, so that no part of it can be removed.
        return Orientation(exif: bytes).map { prefix + ExifBlock($0).bytes }
    }
}
