import MediaAPI
import TestSupport
import Testing

@testable import Intok

@Suite("intok: failed logins")
struct IntokLoginLimiterTests {
    @Test("ten logins may fail for an address from one network, and a hundred from all")
    func networks() throws {
        let limiter = IntokLoginLimiter(limits: IntokLimits())
        func isRejected(_ address: String, _ network: Int) -> Bool {
            thrown(APIError.self) { try limiter.attempt(address, from: "\(network)") } != nil
        }
        for network in 1...9 {
            for _ in 1...10 { #expect(!isRejected("ann@x.org", network)) }
            #expect(isRejected("ann@x.org", network), "it counts for its own network alone")
        }
        for _ in 1...9 { #expect(!isRejected("ann@x.org", 10)) }
        #expect(!isRejected("ann@x.org", 11))
        #expect(isRejected("ann@x.org", 12))
        #expect(!isRejected("bob@x.org", 1))
        limiter.reset("ann@x.org", from: "10")
        #expect(!isRejected("ann@x.org", 10) && !isRejected("ann@x.org", 12) && isRejected("ann@x.org", 1))
    }
}
