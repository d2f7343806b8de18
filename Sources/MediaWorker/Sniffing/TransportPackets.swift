/// Packets of an MPEG transport stream (ISO/IEC 13818-1, 2.4.3), which some recorders precede by a four-byte timestamp
/// (AVCHD, Blu-ray) and some broadcasters follow by sixteen bytes of error correction.
enum TransportPackets {
    private static let forms = [(length: 188, sync: 0), (192, 4), (204, 0)]
    /// The minimum number of packets of a short file, and the maximum number that are examined.
    private static let (minimum, maximum) = (3, 8)

    /// Whether `head` consists of such packets.
    static func fill(_ head: [UInt8]) -> Bool {
        forms.contains { length, sync in
            let offsets = Array(stride(from: sync, to: head.count - 3, by: length).prefix(maximum))
            return offsets.count >= minimum && offsets.allSatisfy { isHeader(head, $0) }
        }
    }

    private static func isHeader(_ head: [UInt8], _ offset: Int) -> Bool {
        // Every packet has a payload, an adaptation field, or both.
        head[offset] == 0x47 && head[offset + 3] & 0x30 != 0
    }
}
