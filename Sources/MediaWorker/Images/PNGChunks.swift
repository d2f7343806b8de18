/// The chunks of a PNG file (ISO/IEC 15948, 5.3).
struct PNGChunks: Sequence, IteratorProtocol {
    /// A chunk.
    struct Chunk {
        let type: ArraySlice<UInt8>
        /// The content; perhaps incomplete in the last chunk.
        let content: ArraySlice<UInt8>
        /// Whether the chunk is complete, including its checksum.
        let isWhole: Bool
        /// From the length field to the next chunk.
        let range: Range<Int>

        func has(_ name: String) -> Bool { type.elementsEqual(name.utf8) }
    }

    private let bytes: [UInt8]
    private var offset = 8

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Chunk? {
        guard offset + 8 <= bytes.count, let length = bytes.bigEndian(offset, 4) else { return nil }
        let start = offset
        let end = Swift.min(start + 8 + length, bytes.count)
        offset = start + 12 + length
        return Chunk(
            type: bytes[start + 4..<start + 8], content: bytes[start + 8..<end], isWhole: offset <= bytes.count,
            range: start..<Swift.min(offset, bytes.count))
    }
}
