import FFmpeg
import MediaModel

/// Finds the timestamp of the last sample in a container without a reliable index, by reading headers only. It confirms or refutes the
/// stated duration.
enum LastTimestamp {
    /// The maximum number of elements; a day of video with audio has seven million samples.
    private static let maximumElements = 16 << 20

    /// The timestamp in seconds; `nil` where the container has no such headers, or an unusual structure, in which a demuxer may find other
    /// samples.
    /// - Parameter units: FFmpeg's time bases of the streams in seconds, which must agree with that of the file.
    /// - Throws: ``FFmpegError/Code/deadline``, or the error of `source`.
    static func seconds(
        _ source: ByteSource, container: MediaFormat, units: [Double] = [], deadline: Deadline
    ) throws(FFmpegError) -> Double? {
        switch container {
        case .webm, .matroska:
            guard let (time, unit) = try MatroskaTimes.last(source, deadline),
                units.allSatisfy({ abs($0 - unit) <= 1e-6 * unit })
            else { return nil }
            return time
        case .flv: return try flash(source, deadline)
        default: return nil
        }
    }

    /// Reads the tags of an FLV file, each with a timestamp in milliseconds, whose most significant byte comes last.
    private static func flash(_ source: ByteSource, _ deadline: Deadline) throws(FFmpegError) -> Double? {
        guard let start = try source.bytes(0..<9).bigEndian(5, 4) else { return nil }
        var (offset, last, steps) = (start + 4, 0, 0)
        while offset + 11 <= source.size {
            steps += 1
            guard steps <= maximumElements else { return nil }
            if steps.isMultiple(of: 4096) { try deadline.check() }
            let head = try source.bytes(offset..<offset + 16)
            guard [8, 9, 18].contains(head[0] & 0x1F), let size = head.bigEndian(1, 3),
                let time = head.bigEndian(4, 3), let delay = delay(head, size: size)
            else { return nil }
            last = max(last, (Int(head[7]) << 24 | time) + delay)
            offset += 11 + size + 4
            // Where the size is not repeated after the tag, a demuxer searches the tag for another one.
            guard offset <= source.size, try source.bytes(offset - 4..<offset).bigEndian(0, 4) == 11 + size else {
                return nil
            }
        }
        return offset == source.size ? Double(last) / 1000 : nil
    }

    /// The composition offset of a tag's sample in milliseconds; `nil` where it is not stated in the usual way.
    private static func delay(_ head: [UInt8], size: Int) -> Int? {
        guard size > 0, head.count > 11 else { return 0 }
        switch head[0] & 0x1F {
        // AAC and older codecs. Codecs that are named by four letters have other headers.
        case 8: return head[11] >> 4 == 9 ? nil : 0
        case 9:
            switch head[11] {
            case 0x80...: return nil
            // H.264 states it for each picture.
            case let first where first & 0x0F == 7:
                guard size >= 5, let delay = head.bigEndian(13, 3) else { return nil }
                return delay >= 1 << 23 ? delay - 1 << 24 : delay
            // H.263, screen video and VP6 are displayed in decoding order.
            case let first where (2...6).contains(first & 0x0F): return 0
            default: return nil
            }
        default: return 0
        }
    }
}
