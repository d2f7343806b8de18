/// The chunks of a PNG file (ISO/IEC 15948, 5.3), one after another.
struct PNGChunks: Sequence, IteratorProtocol {
    /// One chunk.
    struct Chunk {
        let type: ArraySlice<UInt8>
        /// Its content; of the last one perhaps only a part.
        let content: ArraySlice<UInt8>
        /// Whether all of it is there, its check sum included.
        let isWhole: Bool
        /// Where its length stands, and where the next one begins.
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
