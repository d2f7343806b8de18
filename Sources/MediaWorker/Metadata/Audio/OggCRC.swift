/// The checksum of an Ogg page (RFC 3533, section 6): CRC-32 with the polynomial 0x04C11DB7, neither reflected nor inverted.
enum OggCRC {
    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index) << 24
        for _ in 0..<8 { value = value & 0x8000_0000 != 0 ? value << 1 ^ 0x04C1_1DB7 : value << 1 }
        return value
    }

    /// Sets the checksum in the header that `page` begins with.
    static func set(_ page: inout [UInt8]) {
        for index in 22..<26 { page[index] = 0 }
        var value: UInt32 = 0
        for byte in page { value = value << 8 ^ table[Int(value >> 24) ^ Int(byte)] }
        for index in 0..<4 { page[22 + index] = UInt8(value >> UInt32(8 * index) & 255) }
    }
}
