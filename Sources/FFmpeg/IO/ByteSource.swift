public import Bytes
import Glibc

/// A file that a demuxer reads, of which parts may be missing.
public struct ByteSource: Sendable {
    /// Where the bytes are.
    public enum Place: Sendable {
        /// In a file, read by offset: the descriptor's file position is neither used nor changed.
        case file(OwnedDescriptor)
        /// Elsewhere, read through a protocol.
        case ranges(any RangeReading)
    }

    /// Where the bytes are.
    public let place: Place
    /// The length of the whole file, in bytes.
    public let size: Int
    /// The available ranges, in order and without overlap; `nil` when the whole file is available. Reading anything else is an
    /// error, and never gives zeros.
    public let present: [Range<Int>]?
    /// The offset of the first byte in ``place``.
    private var start = 0

    /// Creates a source of the first `size` bytes at `place`, of which only `present` are available.
    public init(place: Place, size: Int, present: [Range<Int>]? = nil) {
        self.place = place
        self.size = size
        self.present = present
    }

    /// Creates a source of the first `size` bytes of a file, of which only `present` are available.
    public init(descriptor: OwnedDescriptor, size: Int, present: [Range<Int>]? = nil) {
        self.init(place: .file(descriptor), size: size, present: present)
    }

    /// The same source without its first `count` bytes.
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

    /// The bytes at `range`, clamped to the file.
    /// - Throws: ``FFmpegError/Code/missingBytes`` when a part of them is not available, ``FFmpegError/Code/io`` when they cannot
    ///   be read, and the errors of ``RangeReading``.
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

    /// Reads at most as many bytes from `offset` as `buffer` holds; returns 0 at the end.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
        guard offset < size, !buffer.isEmpty else { return 0 }
        var end = min(size, offset + buffer.count)
        if let present {
            guard let range = present.first(where: { $0.contains(offset) }) else {
                throw FFmpegError(.missingBytes, "the file has a hole at byte \(offset)")
            }
            end = min(end, range.upperBound)
        }
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - offset)])
        switch place {
        case .file(let descriptor): return try Self.read(descriptor, at: start + offset, into: target)
        case .ranges(let ranges): return try ranges.read(at: start + offset, into: target)
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
