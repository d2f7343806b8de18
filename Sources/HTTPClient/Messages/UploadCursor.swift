internal import Bytes

/// A position in a request's body, which is reset when the request has to be sent again.
struct UploadCursor {
    /// The number of bytes of the body.
    let count: Int
    private let chunks: [ByteChunk]
    private var index = 0
    private var offset = 0

    init(_ chunks: [ByteChunk]) {
        self.chunks = chunks
        count = chunks.reduce(0) { $0 + $1.count }
    }

    /// Fills `buffer` with the next bytes and returns how many those are: 0 only at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < buffer.count, index < chunks.count {
            let chunk = chunks[index]
            let taken = min(chunk.count - offset, buffer.count - filled)
            chunk.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + taken]))
            }
            filled += taken
            offset += taken
            if offset == chunk.count {
                index += 1
                offset = 0
            }
        }
        return filled
    }

    /// Moves to the byte at `position`. Returns `false` if there is none.
    mutating func seek(to position: Int) -> Bool {
        guard (0...count).contains(position) else { return false }
        index = 0
        offset = position
        while index < chunks.count, offset >= chunks[index].count {
            offset -= chunks[index].count
            index += 1
        }
        return true
    }
}
