public import Bytes
import Glibc

/// Bytes that a demuxer may read: a file, of which parts may be missing.
public struct ByteSource: Sendable {
    /// Where the bytes are.
    public enum Place: Sendable {
        /// In a file, read by offset: its position is neither used nor moved.
        case file(OwnedDescriptor)
        /// Elsewhere, to be asked for.
        case ranges(any RangeReading)
    }

    /// Where the bytes are.
    public let place: Place
    /// The length of the whole, in bytes.
    public let size: Int
    /// What is there, in order and without overlap; `nil` when everything is. Reading elsewhere is an error, never
    /// zeros.
    public let present: [Range<Int>]?
    /// Where the first byte lies in what is at ``place``.
    private var start = 0

    /// The first `size` bytes of what is at `place`, of which only `present` are there.
    public init(place: Place, size: Int, present: [Range<Int>]? = nil) {
        self.place = place
        self.size = size
        self.present = present
    }

    /// The first `size` bytes of a file of which only `present` are there.
    public init(descriptor: OwnedDescriptor, size: Int, present: [Range<Int>]? = nil) {
        self.init(place: .file(descriptor), size: size, present: present)
    }

    /// The same without its first `count` bytes.
    public func dropFirst(_ count: Int) -> ByteSource {
        guard count > 0 else { return self }
        let rest = present?.compactMap { range -> Range<Int>? in
            let moved = max(range.lowerBound - count, 0)..<max(range.upperBound - count, 0)
            return moved.isEmpty ? nil : moved
        }
        var source = ByteSource(place: place, size: max(size - count, 0), present: rest)
        source.start = start + min(count, size)
        return source
    }

    /// The bytes at `range`, as far as they lie before the end.
    ///
    /// Throws ``FFmpegError/Code/missingBytes`` when a part of them is not there, and ``FFmpegError/Code/io`` when the
    /// system cannot read them.
    public func bytes(_ range: Range<Int>) throws(FFmpegError) -> [UInt8] {
        let range = range.clamped(to: 0..<size)
        var result = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < range.count {
            let count = try result.withWritableBytes { (buffer) throws(FFmpegError) in
                try read(
                    at: range.lowerBound + filled, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            guard count > 0 else { return Array(result.prefix(filled)) }
            filled += count
        }
        return result
    }

    /// Reads at most as many bytes as `buffer` holds from `offset`: 0 at the end.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        guard offset < size, !buffer.isEmpty else { return 0 }
        var end = min(size, offset + buffer.count)
        if let present {
            guard let range = present.first(where: { $0.contains(offset) }) else {
                throw FFmpegError(.missingBytes, "the file has a hole at byte \(offset)")
            }
            end = min(end, range.upperBound)
        }
        let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - offset)])
        switch place {
        case .file(let descriptor): return try Self.read(descriptor, at: start + offset, into: wanted)
        case .ranges(let ranges): return try ranges.read(at: start + offset, into: wanted)
        }
    }

    private static func read(
        _ descriptor: OwnedDescriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(FFmpegError) -> Int {
        while true {
            let count = pread(descriptor.rawValue, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw FFmpegError(.io, "the system could not read byte \(offset) (errno \(errno))")
            }
        }
    }
}
