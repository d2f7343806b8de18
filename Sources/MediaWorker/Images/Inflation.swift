import CZlib

/// Unpacking of deflated data (RFC 1950), never more than asked for: a few kilobytes unpack to gigabytes.
enum Inflation {
    private static let step = 64 << 10

    /// What `parts`, one after another, unpack to, up to `limit` bytes; `nil` where that is more or they are damaged.
    static func bytes(_ parts: [ArraySlice<UInt8>], limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        let isWhole = unpack(parts) { part in
            bytes += part
            return bytes.count <= limit
        }
        return isWhole && bytes.count <= limit ? bytes : nil
    }

    /// Whether `parts` unpack to at least `count` bytes.
    static func reaches(_ count: Int, _ parts: [ArraySlice<UInt8>]) -> Bool {
        var total = 0
        _ = unpack(parts) { part in
            total += part.count
            return total < count
        }
        return total >= count
    }

    /// Hands on what comes out until `take` has enough or nothing more comes; `true` at a proper end.
    private static func unpack(
        _ parts: [ArraySlice<UInt8>], _ take: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        var stream = z_stream()
        guard darkroom_inflate_init(&stream) == Z_OK else { return false }
        defer { inflateEnd(&stream) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: step) { room in
            for part in parts {
                let ending = part.withUnsafeBufferPointer { unpack($0, &stream, into: room, take) }
                if let ending { return ending }
            }
            return false
        }
    }

    /// `nil` when the next part is needed.
    private static func unpack(
        _ part: UnsafeBufferPointer<UInt8>, _ stream: inout z_stream, into room: UnsafeMutableBufferPointer<UInt8>,
        _ take: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool? {
        stream.next_in = UnsafeMutablePointer(mutating: part.baseAddress)
        stream.avail_in = UInt32(clamping: part.count)
        while true {
            stream.next_out = room.baseAddress
            stream.avail_out = UInt32(room.count)
            let status = inflate(&stream, Z_NO_FLUSH)
            let count = room.count - Int(stream.avail_out)
            if count > 0, !take(UnsafeBufferPointer(rebasing: room[..<count])) { return false }
            if status == Z_STREAM_END { return true }
            if status == Z_BUF_ERROR { return nil }
            guard status == Z_OK else { return false }
            if stream.avail_in == 0 && stream.avail_out > 0 { return nil }
        }
    }
}
