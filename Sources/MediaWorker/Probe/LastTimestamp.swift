import FFmpeg
import MediaModel

/// When the last sample of a container begins that has no index to be believed, found without reading samples: from header
/// to header. That is what can be held against the length that the container states.
enum LastTimestamp {
    /// A day of video with its sound has seven million samples.
    private static let maximumElements = 16 << 20

    /// In seconds; `nil` where the container has no such headers, or anything about them is out of the ordinary: a demuxer may
    /// find more then, or count otherwise.
    /// - Parameter units: how long the units of time are in which FFmpeg counts, in seconds: they must be those of the file.
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

    /// Tags, each with a time in milliseconds, of which the upper byte stands behind the others.
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
            // A demuxer looks within the tag for another one where its size is not said again behind it.
            guard offset <= source.size, try source.bytes(offset - 4..<offset).bigEndian(0, 4) == 11 + size else {
                return nil
            }
        }
        return offset == source.size ? Double(last) / 1000 : nil
    }

    /// How long after its time a tag's sample is shown, in milliseconds; `nil` where that is not told in the ordinary way.
    private static func delay(_ head: [UInt8], size: Int) -> Int? {
        guard size > 0, head.count > 11 else { return 0 }
        switch head[0] & 0x1F {
        // AAC and what came before. What is told by four letters has other headers.
        case 8: return head[11] >> 4 == 9 ? nil : 0
        case 9:
            switch head[11] {
            case 0x80...: return nil
            // H.264 says it for each picture.
            case let first where first & 0x0F == 7:
                guard size >= 5, let delay = head.bigEndian(13, 3) else { return nil }
                return delay >= 1 << 23 ? delay - 1 << 24 : delay
            // H.263, screen video and VP6 are shown as they come.
            case let first where (2...6).contains(first & 0x0F): return 0
            default: return nil
            }
        default: return 0
        }
    }
}
