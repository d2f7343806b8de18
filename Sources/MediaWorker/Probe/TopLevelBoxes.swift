import FFmpeg

/// The outermost boxes of an ISO base media file (ISO/IEC 14496-12, 4.2), found without reading what is in them.
struct TopLevelBoxes {
    /// A box: its type and where it lies, header included.
    struct Box: Equatable {
        let type: String
        let range: Range<Int>
        /// Whether its header has 16 bytes instead of 8.
        var isLong = false
    }

    private static let maximumBoxes = 65_536

    /// The boxes in their order. The last may reach beyond the end of the file.
    let boxes: [Box]

    init(_ source: ByteSource) throws(FFmpegError) { boxes = try Self.sequence(source, in: 0..<source.size) }

    /// Whether the index announces fragments (ISO/IEC 14496-12, 8.8.1), of which none need have come yet.
    static func announcesFragments(_ index: Box, in source: ByteSource) throws(FFmpegError) -> Bool {
        try sequence(source, in: index.range.dropFirst(index.isLong ? 16 : 8)).contains { $0.type == "mvex" }
    }

    /// The boxes that follow each other in `range`.
    private static func sequence(_ source: ByteSource, in range: Range<Int>) throws(FFmpegError) -> [Box] {
        var boxes: [Box] = []
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound, boxes.count < maximumBoxes {
            guard let box = try header(source, at: offset) else { break }
            let (end, overflow) = offset.addingReportingOverflow(box.length ?? range.upperBound - offset)
            guard !overflow else { break }
            boxes.append(Box(type: box.type, range: offset..<end, isLong: box.headerLength == 16))
            offset = end
        }
        return boxes
    }

    /// The header at `offset`; `nil` when no box stands there, or what does has not arrived yet.
    private static func header(_ source: ByteSource, at offset: Int) throws(FFmpegError) -> BoxHeader? {
        do throws(FFmpegError) {
            // No byte beyond the header: it may not have been kept.
            var header = try source.bytes(offset..<offset + 8)
            if header.starts(with: [0, 0, 0, 1]) { header += try source.bytes(offset + 8..<offset + 16) }
            return BoxHeader(header)
        } catch {
            guard error.code == .missingBytes else { throw error }
            return nil
        }
    }

    /// Whether samples are described in fragments beside or instead of the index.
    var isFragmented: Bool { boxes.contains { $0.type == "moof" } }

    /// Whether the file ends before its last box does, with no index seen.
    func isCutShort(size: Int) -> Bool {
        !boxes.contains { $0.type == "moov" && $0.range.upperBound <= size }
            && boxes.contains { $0.range.upperBound > size }
    }
}
