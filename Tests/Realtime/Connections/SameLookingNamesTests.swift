import ChatTestSupport
import Testing

@testable import Realtime

/// Swift compares strings by canonical equivalence; identifiers are compared as bytes.
struct SameLookingNamesTests {
    @Test("a session and a negotiated connection are found by their own ids alone")
    func secrets() async throws {
        let fixture = SocketIOFixture()
        // The Kelvin sign is a K to those who compare canonically.
        var session = try await fixture.handshake()
        while !session.contains("K") { session = try await fixture.handshake() }
        let other = session.replacing("K", with: "\u{212A}")
        #expect(other == session)
        #expect(await fixture.post(other, "40").status == 400)
        #expect(await fixture.post(session, "40").status == 200)

        let start = ContinuousClock.now
        var negotiations = HubNegotiations(configuration: HubConfiguration(), at: start)
        var token = ""
        while !token.contains("K") {
            let offered = negotiations.makeToken(for: "ann", at: start)
            token = try #require(offered)
        }
        #expect(negotiations.claim(token.replacing("K", with: "\u{212A}"), for: "ann", at: start) == .unknown)
        #expect(negotiations.claim(token, for: "ann", at: start) == .granted)
    }
}
