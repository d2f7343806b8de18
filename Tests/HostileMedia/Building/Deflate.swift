/// Zeros that compress well (RFC 1950 and 1951): one literal, then copies of the 258 bytes before, 13 bits each.
enum Deflate {
    /// A zlib stream that unpacks to about `count` zeros. It has no right checksum: what it is made for never gets there.
    static func zeros(_ count: Int) -> [UInt8] {
        var pair = BitString()
        for _ in 0..<8 {
            // Length 258 is code 285 (11000101), distance 1 is code 0 (00000).
            pair.append(0b1100_0101, 8)
            pair.append(0, 5)
        }
        var head = BitString()
        // The last block, fixed codes (least significant bit first), and the literal 0 (00110000); then whole groups.
        head.append(0b110, 3)
        head.append(0b0011_0000, 8)
        let groups = count / (8 * 258)
        // 11 bits, so each group begins at another bit than a byte's first: one bit string for all would be large.
        return [0x78, 0x9C] + shifted(head, pair, groups: groups)
    }

    // Eight groups of 13 bits are 13 bytes: behind the 11 bits of the head, each byte is the same mix of two.
    private static func shifted(_ head: BitString, _ group: BitString, groups: Int) -> [UInt8] {
        let bits = Array(head.bits) + group.bits + group.bits
        var string = BitString()
        for bit in bits { string.append(bit ? 1 : 0, 1) }
        let bytes = string.deflated
        return Array(bytes[..<2]) + copies(max(groups, 1), Array(bytes[2..<15]))
    }
}
