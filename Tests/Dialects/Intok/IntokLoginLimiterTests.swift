import MediaAPI
import TestSupport
import Testing

@testable import Intok

@Suite("intok: failed logins")
struct IntokLoginLimiterTests {
    private let limiter = IntokLoginLimiter(limits: IntokLimits())

    private func isRejected(_ address: String, _ network: String?) -> Bool {
        thrown(APIError.self) { try limiter.attempt(address, from: network) } != nil
    }

    @Test("ten logins may fail for an address from one network, and a hundred from all")
    func networks() throws {
        for network in 1...9 {
            for _ in 1...10 { #expect(!isRejected("ann@x.org", "\(network)")) }
            #expect(isRejected("ann@x.org", "\(network)"), "it counts for its own network alone")
        }
        for _ in 1...9 { #expect(!isRejected("ann@x.org", "10")) }
        #expect(!isRejected("ann@x.org", "11"))
        #expect(isRejected("ann@x.org", "12"))
        #expect(!isRejected("bob@x.org", "1"))
        limiter.reset("ann@x.org", from: "10")
        #expect(!isRejected("ann@x.org", "10") && !isRejected("ann@x.org", "12") && isRejected("ann@x.org", "1"))
    }

    @Test("however many networks fail, a user logs in from those where they have done so before, with ten failures")
    func knownNetworks() {
        limiter.reset("ann@x.org", from: "home")
        limiter.remember("ann@x.org", from: "office")
        for number in 1...200 { _ = isRejected("ann@x.org", "\(number)") }
        #expect(isRejected("ann@x.org", "elsewhere"))
        #expect(!isRejected("ann@x.org", "home") && !isRejected("ann@x.org", "office"))
        for _ in 2...10 { #expect(!isRejected("ann@x.org", "home")) }
        #expect(isRejected("ann@x.org", "home"))
        #expect(!limiter.isKnown("bob@x.org", from: "home"))
    }

    @Test("a network that is not known, because it may be that of a proxy, has no limit of its own")
    func proxies() {
        for _ in 1...100 { #expect(!isRejected("ann@x.org", nil)) }
        #expect(isRejected("ann@x.org", nil))
        #expect(!isRejected("bob@x.org", nil))
        limiter.reset("ann@x.org", from: nil)
        #expect(!isRejected("ann@x.org", nil) && !limiter.isKnown("ann@x.org", from: nil))
    }

    @Test("what was not decided does not count")
    func undecided() {
        for number in 1...300 {
            #expect(!isRejected("ann@x.org", "\(number % 2)"))
            limiter.giveBack("ann@x.org", from: "\(number % 2)")
        }
    }

    @Test("of each user eight networks are remembered, and of so many users as there is space for the latest")
    func space() {
        let known = IntokKnownNetworks(capacity: 20)
        for number in 1...9 { known.add("\(number)", of: "ann") }
        #expect(!known.contains("1", of: "ann") && known.contains("2", of: "ann") && known.contains("9", of: "ann"))
        for number in 1...12 { known.add("n", of: "\(number)") }
        #expect(known.contains("9", of: "ann") && known.contains("n", of: "12"))
        known.add("10", of: "ann")
        for number in 13...19 { known.add("n", of: "\(number)") }
        #expect(known.contains("9", of: "ann") && known.contains("10", of: "ann"), "renewed")
        for number in 20...40 { known.add("n", of: "\(number)") }
        #expect(!known.contains("10", of: "ann") && known.contains("n", of: "40"))
    }
}
