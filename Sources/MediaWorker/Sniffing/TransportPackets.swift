/// Packets of an MPEG transport stream (ISO/IEC 13818-1, 2.4.3), which some recorders write with four bytes of time in front
/// (AVCHD, Blu-ray) and some broadcasters with sixteen of correction behind.
enum TransportPackets {
    private static let forms = [(length: 188, sync: 0), (192, 4), (204, 0)]
    /// As many as a short file must have, and as many as are looked at.
    private static let (fewest, most) = (3, 8)

    /// Whether `head` is nothing but such packets.
    static func fill(_ head: [UInt8]) -> Bool {
        forms.contains { length, sync in
            let places = Array(stride(from: sync, to: head.count - 3, by: length).prefix(most))
            return places.count >= fewest && places.allSatisfy { isHeader(head, $0) }
        }
    }

    private static func isHeader(_ head: [UInt8], _ place: Int) -> Bool {
        // A packet with neither content nor an adaptation field does not exist.
        head[place] == 0x47 && head[place + 3] & 0x30 != 0
    }
}
