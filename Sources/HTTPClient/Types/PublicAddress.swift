/// Which IP addresses are public: all but those of a private network, of this host, of a link, and those that are reserved (RFC 6890).
public enum PublicAddress {
    /// Networks of IPv4, each with the number of bits that count.
    private static let reserved4: [(UInt32, UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
        (0xC000_0000, 24), (0xC000_0200, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
        (0xCB00_7100, 24), (0xE000_0000, 3),
    ]

    /// Whether an address is public.
    /// - Parameter socketAddress: a `sockaddr_in`, or with `isIPv6` a `sockaddr_in6`; anything shorter is not public.
    static func isPublic(_ socketAddress: UnsafeRawBufferPointer, isIPv6: Bool) -> Bool {
        let (start, count) = isIPv6 ? (8, 16) : (4, 4)
        guard socketAddress.count >= start + count else { return false }
        return isPublic(Array(socketAddress[start..<(start + count)]))
    }

    /// Whether an address of 4 bytes (IPv4) or 16 (IPv6) is public.
    public static func isPublic(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4:
            let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return !reserved4.contains { network, bits in (address ^ network) >> (32 - bits) == 0 }
        case 16:
            // IPv4 as IPv6 (::ffff:0:0/96), through NAT64 (64:ff9b::/96), and 6to4 (2002::/16).
            if bytes[0..<10].allSatisfy({ $0 == 0 }), bytes[10...11].allSatisfy({ $0 == 0xFF }) {
                return isPublic(Array(bytes[12...]))
            }
            if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
                return isPublic(Array(bytes[12...]))
            }
            if bytes.starts(with: [0x20, 0x02]) { return isPublic(Array(bytes[2...5])) }
            // Documentation (2001:db8::/32) and what else of 2001::/23 is no address of a host.
            if bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8]) { return false }
            if bytes.starts(with: [0x20, 0x01]), bytes[2] < 2 { return false }
            // Global unicast is 2000::/3; the rest is local or reserved.
            return bytes[0] & 0xE0 == 0x20
        default: return false
        }
    }
}
