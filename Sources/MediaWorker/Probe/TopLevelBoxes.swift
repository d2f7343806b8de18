import FFmpeg

/// The top-level boxes of an ISO base media file (ISO/IEC 14496-12, 4.2), found without reading their content.
struct TopLevelBoxes {
    /// A box: its type and its range, header included.
    struct Box: Equatable {
        let type: String
        let range: Range<Int>
        /// Whether its header has 16 bytes instead of 8.
        var isLong = false
    }

    private static let maximumBoxes = 65_536

    /// The boxes in their order. The last may extend beyond the end of the file.
    let boxes: [Box]

    init(_ source: ByteSource) throws(FFmpegError) { boxes = try Self.sequence(source, in: 0..<source.size) }

    /// Whether the index announces fragments (ISO/IEC 14496-12, 8.8.1), which may not have arrived yet.
    static func announcesFragments(_ index: Box, in source: ByteSource) throws(FFmpegError) -> Bool {
        try sequence(source, in: index.range.dropFirst(index.isLong ? 16 : 8)).contains { $0.type == "mvex" }
    }

    /// The consecutive boxes in `range`.
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

    /// The header at `offset`; `nil` when there is no box, or it has not arrived yet.
    private static func header(_ source: ByteSource, at offset: Int) throws(FFmpegError) -> BoxHeader? {
        do throws(FFmpegError) {
            // Only the header: what follows may not have been kept.
            var header = try source.bytes(offset..<offset + 8)
            if header.starts(with: [0, 0, 0, 1]) { header += try source.bytes(offset + 8..<offset + 16) }
            return BoxHeader(header)
        } catch {
            guard error.code == .missingBytes else { throw error }
            return nil
        }
    }

    /// Whether samples are described in fragments in addition to the index, or instead of it.
    var isFragmented: Bool { boxes.contains { $0.type == "moof" } }

    /// Whether the file ends within a box, and has no index before that.
    func isCutShort(size: Int) -> Bool {
        !boxes.contains { $0.type == "moov" && $0.range.upperBound <= size }
            && boxes.contains { $0.range.upperBound > size }
    }
}
