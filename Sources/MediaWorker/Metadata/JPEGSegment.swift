import FFmpeg

/// A segment of a JPEG that applications fill as they like (ITU-T T.81, B.2.4.5 and B.2.4.6): APP0 to APP15, or a comment.
struct JPEGSegment {
    private static let comment: UInt8 = 0xFE

    /// The second byte of its marker.
    let marker: UInt8
    /// What follows its length.
    let content: [UInt8]

    /// Whether a segment of this marker says something beside the picture. What decoders need is in others.
    static func isApplications(_ marker: UInt8) -> Bool { (0xE0...0xEF).contains(marker) || marker == comment }

    /// The segment as it is stored, marker and length included; empty when nothing of it is.
    func bytes(after removal: MetadataRemoval) -> [UInt8] {
        guard let kept = kept(removal), kept.count <= 65_533 else { return [] }
        let length = kept.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + kept
    }

    private func kept(_ removal: MetadataRemoval) -> [UInt8]? {
        if removal == .off { return content }
        switch marker {
        case 0xE0 where content.has("JFIF\0") && content.count >= 14:
            // Its own little preview may show what was cut away since.
            return removal == .all ? content.prefix(12) + [0, 0] : content
        // How the fields of an interlaced picture lie.
        case 0xE0 where content.has("AVI1"): return content
        case 0xE1 where content.has("Exif\0\0"): return exif(removal)
        case 0xE2 where content.has("ICC_PROFILE\0"): return content
        // Which colours the components are.
        case 0xEE where content.has("Adobe"): return content
        case Self.comment where removal == .location: return content
        default: return nil
        }
    }

    private func exif(_ removal: MetadataRemoval) -> [UInt8]? {
        let (prefix, bytes) = (content.prefix(6), Array(content.dropFirst(6)))
        if removal == .location, var block = ExifBlock(bytes), block.removeLocation() { return prefix + block.bytes }
        // Also where it cannot be read well enough to take a part of it out.
        return Orientation(exif: bytes).map { prefix + ExifBlock($0).bytes }
    }
}
