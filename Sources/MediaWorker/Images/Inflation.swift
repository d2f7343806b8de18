import CZlib

/// Decompresses zlib data (RFC 1950) up to a limit: a few kilobytes can decompress to gigabytes.
enum Inflation {
    private static let step = 64 << 10

    /// The decompressed concatenation of `parts`; `nil` where it has more than `limit` bytes, or is damaged.
    static func bytes(_ parts: [ArraySlice<UInt8>], limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        let isWhole = decompress(parts) { part in
            bytes += part
            return bytes.count <= limit
        }
        return isWhole && bytes.count <= limit ? bytes : nil
    }

    /// Whether `parts` decompress to at least `count` bytes.
    static func reaches(_ count: Int, _ parts: [ArraySlice<UInt8>]) -> Bool {
        var total = 0
        _ = decompress(parts) { part in
            total += part.count
            return total < count
        }
        return total >= count
    }

    /// Passes the output to `consume` until it returns `false` or the data end; returns `true` at a proper end.
    private static func decompress(
        _ parts: [ArraySlice<UInt8>], _ consume: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        var stream = z_stream()
        guard darkroom_inflate_init(&stream) == Z_OK else { return false }
        defer { inflateEnd(&stream) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: step) { buffer in
            for part in parts {
                let ending = part.withUnsafeBufferPointer { decompress($0, &stream, into: buffer, consume) }
                if let ending { return ending }
            }
            return false
        }
    }

    /// `nil` when the next part is needed.
    private static func decompress(
        _ part: UnsafeBufferPointer<UInt8>, _ stream: inout z_stream, into buffer: UnsafeMutableBufferPointer<UInt8>,
        _ consume: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool? {
        stream.next_in = UnsafeMutablePointer(mutating: part.baseAddress)
        stream.avail_in = UInt32(clamping: part.count)
        while true {
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(buffer.count)
            let status = inflate(&stream, Z_NO_FLUSH)
            let count = buffer.count - Int(stream.avail_out)
            if count > 0, !consume(UnsafeBufferPointer(rebasing: buffer[..<count])) { return false }
            if status == Z_STREAM_END { return true }
            if status == Z_BUF_ERROR { return nil }
            guard status == Z_OK else { return false }
            if stream.avail_in == 0 && stream.avail_out > 0 { return nil }
        }
    }
}
