/// The segments of a JPEG file before its first scan (ITU-T T.81, annex B). Stray bytes between them are skipped, as decoders do.
struct JPEGSegments: Sequence, IteratorProtocol {
    /// A segment with a length.
    struct Segment {
        /// The second byte of its marker.
        let marker: UInt8
        /// What follows the length; perhaps incomplete in the last segment.
        let content: ArraySlice<UInt8>
    }

    private let bytes: [UInt8]
    /// The offset of the next marker; in the end, that of the scan.
    private(set) var offset = 2
    /// Whether the first scan was reached.
    private(set) var isAtScan = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Segment? {
        while !isAtScan, offset + 1 < bytes.count {
            let marker = bytes[offset + 1]
            // Stray bytes, fill bytes, and markers without a segment.
            guard bytes[offset] == 0xFF, marker != 0xFF, marker > 1, !(0xD0...0xD8).contains(marker) else {
                offset += 1
                continue
            }
            guard marker != 0xD9 else { return nil }
            guard marker != 0xDA else {
                isAtScan = true
                return nil
            }
            guard let length = bytes.bigEndian(offset + 2, 2), length >= 2 else { return nil }
            let start = Swift.min(offset + 4, bytes.count)
            let end = Swift.min(offset + 2 + length, bytes.count)
            offset += 2 + length
            return Segment(marker: marker, content: bytes[start..<Swift.max(end, start)])
        }
        return nil
    }
}
