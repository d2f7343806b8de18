import Glibc

/// An IPv4 or IPv6 address as 16 bytes; IPv4 in its mapped form (RFC 4291 section 2.5.5.2), so that both compare.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]
    var isIPv4: Bool { bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) }

    /// The address written in `text`, without port or brackets.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] + withUnsafeBytes(of: v4) { Array($0) }
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        bytes = withUnsafeBytes(of: v6) { Array($0) }
    }
}

/// The addresses that share a prefix: `10.0.0.0/8`, `fd00::/8`, or one address.
struct AddressBlock: Hashable, Sendable {
    private let address: IPAddress
    private let bits: Int

    init?(_ text: String) {
        let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(sides[0]) else { return nil }
        let width = address.isIPv4 && !sides[0].contains(":") ? 32 : 128
        var bits = width
        if sides.count == 2 {
            guard sides[1].utf8.allSatisfy(\.isDigit), let prefix = Int(sides[1]), prefix <= width else { return nil }
            bits = prefix
        }
        self.address = address
        self.bits = 128 - width + bits
    }

    func contains(_ other: IPAddress) -> Bool {
        let whole = bits / 8
        guard other.bytes[..<whole] == address.bytes[..<whole] else { return false }
        guard bits % 8 != 0 else { return true }
        let mask = ~(UInt8(0xff) >> (bits % 8))
        return other.bytes[whole] & mask == address.bytes[whole] & mask
    }
}

/// The group that an address belongs to where limits apply per client.
public enum ClientNetwork {
    /// An IPv4 address by itself; of an IPv6 address its /64 network, which usually belongs to one client.
    public static func of(_ address: String) -> String {
        guard let parsed = IPAddress(address) else { return address }
        if parsed.isIPv4 { return parsed.bytes.suffix(4).map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 8, by: 2).map { index in
            String(Int(parsed.bytes[index]) << 8 | Int(parsed.bytes[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/64"
    }
}

/// Addresses that are not of the internet, such as those of a proxy on the same machine or network.
enum PrivateNetworks {
    /// Loopback, private (RFC 1918), shared (RFC 6598), link-local and unique local (RFC 4193) addresses.
    private static let blocks = [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1",
        "fc00::/7",
        "fe80::/10",
    ].compactMap(AddressBlock.init)

    /// Whether `address` is one of them, or no IP address at all.
    static func contains(_ address: String) -> Bool {
        guard let address = IPAddress(address) else { return true }
        return blocks.contains { $0.contains(address) }
    }
}

/// Determines the client of a request that passed through proxies.
struct ProxyTrust: Sendable {
    private let blocks: [AddressBlock]

    init(_ proxies: [String]) { blocks = proxies.compactMap(AddressBlock.init) }

    /// Whether `peer` is one of the proxies.
    func isProxy(_ peer: String) -> Bool {
        !blocks.isEmpty && IPAddress(peer).map(trusts) ?? false
    }

    private func trusts(_ address: IPAddress) -> Bool { blocks.contains { $0.contains(address) } }

    /// The client's address, whether it came over TLS, and whether a listed proxy has named it, for a request from `peer`.
    ///
    /// `X-Forwarded-For` is walked from the right, where the nearest proxy wrote, past the listed proxies to the first
    /// address that is not one of them: entries further left could have been written by any client.
    func client(peer: String, headers: HTTPFields) -> (
        address: String, isSecure: Bool, isForwarded: Bool
    ) {
        guard !blocks.isEmpty, let peerAddress = IPAddress(peer), trusts(peerAddress) else {
            return (peer, false, false)
        }
        let isSecure = headers.members(of: "X-Forwarded-Proto").last.map { equalsIgnoringCase($0, "https") } ?? false
        var client = peer
        for hop in headers.members(of: "X-Forwarded-For").reversed() {
            let text = Self.withoutPort(hop)
            guard let address = IPAddress(text) else { break }
            client = text
            if !trusts(address) { return (client, isSecure, true) }
        }
        return (client, isSecure, false)
    }

    /// Some proxies write `address:port` or `[address]:port`.
    private static func withoutPort(_ hop: String) -> String {
        if hop.hasPrefix("["), let end = hop.firstIndex(of: "]") { return String(hop.dropFirst()[..<end]) }
        let sides = hop.split(separator: ":", omittingEmptySubsequences: false)
        return sides.count == 2 ? String(sides[0]) : hop
    }
}
