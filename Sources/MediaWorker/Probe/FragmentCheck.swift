import FFmpeg

/// Whether a fragmented file's fragments belong to tracks that its index knows (ISO/IEC 14496-12, 8.8.7). For one that does
/// not, FFmpeg 5.1 counts to two thousand million for each of its runs of samples, and no deadline reaches it there.
struct FragmentCheck {
    /// Larger boxes are not searched: the index of a day of video is about 30 MB.
    private static let maximumBytes = 32 << 20

    let source: ByteSource
    let boxes: TopLevelBoxes

    /// Whether every fragment's track is one of the index's.
    func passes() throws(FFmpegError) -> Bool {
        guard boxes.isFragmented, let index = boxes.boxes.first(where: { $0.type == "moov" }) else { return true }
        let known = Set(try tracks(in: index, path: ["trak", "tkhd"], identifier: Self.headerTrack))
        for fragment in boxes.boxes where fragment.type == "moof" {
            let named = try tracks(in: fragment, path: ["traf", "tfhd"], identifier: { $0.bigEndian(4, 4) })
            guard named.allSatisfy({ known.contains($0) }) else { return false }
        }
        return true
    }

    private func tracks(
        in box: TopLevelBoxes.Box, path: [String], identifier: (ArraySlice<UInt8>) -> Int?
    ) throws(FFmpegError) -> [Int] {
        guard box.range.count <= Self.maximumBytes else { return [] }
        let bytes = try source.bytes(box.range)
        guard let header = BoxHeader(bytes) else { return [] }
        var level = [header.headerLength..<bytes.count]
        for type in path {
            level = level.flatMap { BoxHeader.children(bytes, in: $0) }.filter { $0.type == type }.map(\.content)
        }
        return level.compactMap { identifier(bytes[$0]) }
    }

    /// A track header's times are twice as long in its second version (8.3.2).
    private static func headerTrack(_ header: ArraySlice<UInt8>) -> Int? {
        header.bigEndian(header.first == 1 ? 20 : 12, 4)
    }
}
