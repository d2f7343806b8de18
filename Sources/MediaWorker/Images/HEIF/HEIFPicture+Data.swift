import FFmpeg

extension HEIFPicture {
    /// The data of an item.
    /// - Throws: ``FFmpegError/Code/missingBytes`` where the file ends before, ``FFmpegError/Code/unsupported`` where the file
    ///   does not say where they are, or for more than ``maximumBytes``, ``FFmpegError/Code/io``.
    func data(of item: Int) throws(FFmpegError) -> [UInt8] {
        var data: [UInt8] = []
        for range in try ranges(of: item) {
            let part = try source.bytes(range)
            guard part.count == range.count else { throw FFmpegError(.missingBytes, "the picture is cut short") }
            data += part
        }
        return data
    }

    /// The ranges of the file with the data of an item: none are beyond its end.
    /// - Throws: as ``data(of:)``.
    func ranges(of item: Int) throws(FFmpegError) -> [Range<Int>] {
        guard let location = items.locations[item] else {
            throw FFmpegError(.unsupported, "the file does not say where its picture is")
        }
        let start = offset + items.embeddedData.lowerBound
        let origin = location.origin == .file ? 0..<source.size : start..<start + items.embeddedData.count
        // What is read of the metadata may end before they do.
        let isCut = items.embeddedData.upperBound == items.bytes.count && offset + items.bytes.count < source.size
        guard location.origin == .file || !isCut else {
            throw FFmpegError(.unsupported, "the metadata of the file are too large for a preview")
        }
        var (ranges, total): ([Range<Int>], Int) = ([], 0)
        for extent in location.extents {
            let length = extent.length ?? origin.count - min(extent.offset, origin.count)
            guard extent.offset <= origin.count, length <= origin.count - extent.offset else {
                throw FFmpegError(.missingBytes, "the picture is cut short")
            }
            total += length
            guard total <= Self.maximumBytes else {
                throw FFmpegError(.unsupported, "the picture is too large for a preview")
            }
            let first = origin.lowerBound + extent.offset
            ranges.append(first..<first + length)
        }
        return ranges
    }
}
