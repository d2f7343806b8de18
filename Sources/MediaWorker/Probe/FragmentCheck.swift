import FFmpeg

/// Whether a file's fragments belong to tracks that its index knows (ISO/IEC 14496-12, 8.8.7). For one that does not,
/// FFmpeg 5.1 counts to two thousand million for each of its runs of samples, and no deadline reaches it there.
struct FragmentCheck {
    /// Larger boxes are not searched: the index of a day of video is about 30 MB.
    private static let maximumBytes = 32 << 20
    private static let unread: Set = ["mdat", "free", "skip", "wide"]

    let source: ByteSource
    let boxes: TopLevelBoxes

    /// Whether every fragment's track is one of the index's.
    func passes() throws(FFmpegError) -> Bool {
        var known: Set<Int> = []
        var named: Set<Int> = []
        for box in boxes.boxes where !Self.unread.contains(box.type) && box.range.count <= Self.maximumBytes {
            let bytes = try source.bytes(box.range)
            if box.type == "moov" { known.formUnion(Self.tracks(index: bytes)) }
            // Wherever it stands: FFmpeg reads boxes that are out of their place, too.
            named.formUnion(Self.fragmentTracks(bytes))
        }
        return named.isSubset(of: known)
    }

    private static func tracks(index: [UInt8]) -> [Int] {
        guard let header = BoxHeader(index) else { return [] }
        let tracks = BoxHeader.children(index, in: header.headerLength..<index.count).filter { $0.type == "trak" }
        let headers = tracks.flatMap { BoxHeader.children(index, in: $0.content) }.filter { $0.type == "tkhd" }
        // A track header's times are twice as long in its second version (8.3.2).
        return headers.compactMap { index[$0.content].bigEndian(index[$0.content].first == 1 ? 20 : 12, 4) }
    }

    private static func fragmentTracks(_ bytes: [UInt8]) -> [Int] {
        let type = (UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "h"), UInt8(ascii: "d"))
        return bytes.withUnsafeBufferPointer { bytes in
            var found: [Int] = []
            var position = 0
            while position + 12 <= bytes.count {
                if bytes[position] == type.0, bytes[position + 1] == type.1, bytes[position + 2] == type.2,
                    bytes[position + 3] == type.3
                {
                    found.append((0..<4).reduce(0) { $0 << 8 | Int(bytes[position + 8 + $1]) })
                }
                position += 1
            }
            return found
        }
    }
}
