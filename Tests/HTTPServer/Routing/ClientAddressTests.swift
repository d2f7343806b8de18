import TestSupport
import Testing

@testable import HTTPServer

struct ClientAddressTests {
    @Test(
        "the client is the nearest address that is no listed proxy",
        arguments: [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  // The peer is not a proxy, so its header is not trusted.
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.255.255.255", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("::1", "2001:db8::7", "2001:db8::7"), ("fd00::5", "198.51.100.1:4711", "198.51.100.1"),
            ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"), ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("10.0.0.1", "198.51.100.1, garbage, 10.0.0.2", "10.0.0.2"), ("10.0.0.1", "", "10.0.0.1"),
            ("192.168.7.7", "1.1.1.1", "1.1.1.1"), ("192.168.7.8", "1.1.1.1", "192.168.7.8"),
            ("::ffff:10.0.0.1", "1.1.1.1", "1.1.1.1"), ("11.0.0.1", "1.1.1.1", "11.0.0.1"),
            ("172.16.31.255", "1.1.1.1", "1.1.1.1"), ("172.16.32.0", "1.1.1.1", "172.16.32.0"),
        ])
    func forwardedChain(peer: String, forwarded: String, client: String) {
        let trust = ProxyTrust(["10.0.0.0/8", "::1", "fd00::/8", "192.168.7.7", "172.16.0.0/19"])
        let fields: HTTPFields = ["X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"]
        let found = trust.client(peer: peer, headers: fields)
        #expect(found.address == client)
        #expect(found.isSecure == (peer != client || forwarded.isEmpty))
    }

    @Test(
        "a loopback or private address that no listed proxy has named may be that of a proxy",
        arguments: [
            ("127.0.0.1", "198.51.100.1", true), ("172.31.0.1", "198.51.100.1", true),
            ("fd00::5", "198.51.100.1", true),
            ("::ffff:192.168.0.1", "198.51.100.1", true),
            ("172.32.0.1", "198.51.100.1", false), ("203.0.113.9", "", false),
            ("10.0.0.1", "198.51.100.1", false), ("10.0.0.1", "192.168.0.1", false),
            ("10.0.0.1", "10.0.0.2", true),
            ("10.0.0.1", "", true),
        ])
    func unlistedProxies(peer: String, forwarded: String, mayBeProxy: Bool) {
        let found = ProxyTrust(["10.0.0.0/8"]).client(peer: peer, headers: ["X-Forwarded-For": forwarded])
        let request = HTTPRequest(target: "/", clientAddress: found.address, isForwarded: found.isForwarded)
        #expect(request.clientMayBeProxy == mayBeProxy)
    }

    @Test("several fields are one list")
    func severalFields() {
        let trust = ProxyTrust(["10.0.0.0/8"])
        let fields: HTTPFields = ["X-Forwarded-For": "1.1.1.1", "x-forwarded-for": "2.2.2.2, 10.1.1.1"]
        #expect(trust.client(peer: "10.0.0.1", headers: fields).address == "2.2.2.2")
    }

    @Test(
        "what is no address or block is named as such",
        arguments: ["10.0.0.0/33", "10.0.0/8", "a", "", "::/129", "1.1.1.1/-1", "::1/"])
    func rejected(text: String) {
        var configuration = HTTPServerConfiguration()
        configuration.trustedProxies = ["10.0.0.0/8", text]
        let error = thrown(ConfigurationError.self) { try configuration.validate() }
        #expect(error?.key == "trustedProxies")
    }

    @Test(
        "an IPv4 address counts by itself, an IPv6 address with its /64",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("::1", "0:0:0:0::/64"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("elsewhere", "elsewhere"),
        ])
    func networks(address: String, network: String) {
        #expect(ClientNetwork.of(address) == network)
    }

    @Test("no peer has more than its share of the drain permits")
    func drainSlots() {
        var permits = DrainPermits()
        func acquire(_ peer: String) -> Bool { permits.acquire(for: peer, limit: 10, share: 4) }
        for _ in 0..<4 { #expect(acquire("a")) }
        #expect(!acquire("a"))
        for _ in 0..<4 { #expect(acquire("b")) }
        for _ in 0..<2 { #expect(acquire("c")) }
        #expect(!acquire("d"))
        permits.release(for: "a")
        #expect(acquire("d"))
        permits.release(for: "unknown")
        #expect(!acquire("e"))
    }
}
