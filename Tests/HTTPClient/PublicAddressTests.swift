import Glibc
import Testing

@testable import HTTPClient

struct PublicAddressTests {
    private static let notPublic = [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.0.9", "169.254.169.254", "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1", "2001::1", "fc00::1", "fd12:3456::1", "fe80::1", "ff02::1",
    ]
    private static let allowed = [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.1", "172.15.0.1",
        "172.32.0.1", "192.167.0.1", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101",
        "2a00::1",
    ]

    private func bytes(_ text: String) throws -> [UInt8] {
        let isIPv6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        try #require(inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, &bytes) == 1)
        return bytes
    }

    @Test(
        "addresses of this host, of private networks and of links, and reserved ones, are not public",
        arguments: notPublic)
    func refused(text: String) throws { #expect(!PublicAddress.isPublic(try bytes(text))) }

    @Test("others are", arguments: allowed)
    func accepted(text: String) throws { #expect(PublicAddress.isPublic(try bytes(text))) }

    @Test("what is too short for an address is none")
    func short() {
        #expect(!PublicAddress.isPublic([1, 1, 1]))
        [UInt8](repeating: 1, count: 7).withUnsafeBytes { bytes in
            #expect(!PublicAddress.isPublic(bytes, isIPv6: false) && !PublicAddress.isPublic(bytes, isIPv6: true))
        }
    }
}
