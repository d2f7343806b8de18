import ChatTestSupport
import Foundation
import JSON
import Logging
import Synchronization
import Testing

@testable import Realtime

/// The limits of clients that have not authenticated themselves.
struct SocketIOFloodTests {
    private func handshake(
        _ fixture: SocketIOFixture, network: String, connection: Int, user: String = "ann"
    ) async throws -> SocketIOHandshake {
        var request = fixture.request("polling", user: user)
        request.origin = ClientOrigin(network: network, connection: connection)
        let response = await fixture.server.get(request)
        try #require(response.status == 200)
        let open = try JSONValue(parsing: String(decoding: response.body.dropFirst(), as: UTF8.self))
        request.query["sid"] = try #require(open["sid"]?.stringValue)
        return request
    }

    private func post(_ fixture: SocketIOFixture, _ request: SocketIOHandshake, _ body: String) async -> Int {
        await fixture.server.post(request, body: Array(body.utf8)).status
    }

    @Test("20,000 handshakes of one connection end no session of others, and stop no token of the same address")
    func flood() async throws {
        let fixture = SocketIOFixture()
        let (_, client) = try await fixture.connect()
        let other = try await handshake(fixture, network: "b", connection: 2)
        let same = try await handshake(fixture, network: "a", connection: 3)
        for _ in 0..<20_000 { _ = try await handshake(fixture, network: "a", connection: 1) }
        let late = try await handshake(fixture, network: "a", connection: 4, user: "bob")
        #expect(await post(fixture, other, "6") == 200)
        #expect(await post(fixture, same, "6") == 200)
        #expect(await post(fixture, late, #"40{"token":"good"}"#) == 200)
        #expect(String(decoding: await fixture.server.get(late).body, as: UTF8.self).hasPrefix("40{"))
        for _ in 0..<2_000 { _ = try await handshake(fixture, network: "a", connection: 1) }
        #expect(await post(fixture, late, "6") == 200)
        #expect(fixture.server.sessionCount <= 1_027)
        fixture.hub.emit("news", [], to: ["user_ann"])
        #expect(await client.next() == #"42["news"]"#)
    }

    @Test(
        "a session that is to give way in the moment in which its client authenticates stays", arguments: [false, true])
    func authenticatedMeanwhile(isAuthenticated: Bool) {
        let fixture = SocketIOFixture()
        let session = SocketIOSession(
            engine: EngineIOSession(
                id: "s", transport: .polling, configuration: EngineIOConfiguration(), at: .now),
            handshake: fixture.request("polling"), server: fixture.server)
        if isAuthenticated { session.authenticated(as: "ann") }
        session.evict()
        #expect(session.state.withLock { $0.engine.isOpen } == isAuthenticated)
    }

    @Test("a session whose client does not say who it is ends, also one that goes on trying")
    func deadline() async throws {
        var configuration = EngineIOConfiguration()
        configuration.connectTimeout = .seconds(10_000)
        configuration.pingInterval = .seconds(10_000)
        var limits = UnauthenticatedLimits()
        limits.time = .seconds(1_000)
        let fixture = SocketIOFixture(configuration: configuration, unauthenticated: limits)
        let request = try await handshake(fixture, network: "a", connection: 1)
        let (_, client) = try await fixture.connect(user: "bob")
        #expect(await post(fixture, request, #"40{"token":"bad"}"#) == 200)
        fixture.server.tick(at: .now + .seconds(1))
        #expect(await post(fixture, request, #"40{"token":"bad"}"#) == 200)
        fixture.server.tick(at: .now + .seconds(1_001))
        #expect(await post(fixture, request, "6") == 400)
        #expect(fixture.server.sessionCount == 1)
        fixture.hub.emit("news", [], to: ["user_bob"])
        #expect(await client.next() == #"42["news"]"#)
    }

    private static let large: [String] = [
        #"40{"a":"\#(String(repeating: "x", count: 17_000))"}"#,
        #"40{"a":[\#(String(repeating: "[],", count: 400))0]}"#,
        #"40{"a":\#(String(repeating: "[", count: 9))\#(String(repeating: "]", count: 9))}"#,
        Array(repeating: "6", count: 17).joined(separator: "\u{1e}"),
    ]

    @Test(
        "before authentication the limits of messages, bytes, packets and values are low; afterwards they are not",
        arguments: large)
    func small(body: String) async throws {
        let fixture = SocketIOFixture()
        let request = try await handshake(fixture, network: "a", connection: 1)
        #expect(await post(fixture, request, body) == (body.hasPrefix("40") && body.utf8.count < 17_000 ? 200 : 400))
        #expect(await post(fixture, request, "6") == 400)
        // The same of an authenticated client.
        let known = try await handshake(fixture, network: "a", connection: 1)
        #expect(await post(fixture, known, #"40{"token":"good"}"#) == 200)
        #expect(String(decoding: await fixture.server.get(known).body, as: UTF8.self).hasPrefix("40{"))
        let event = body.hasPrefix("40") ? #"42["e","# + body.dropFirst(2) + "]" : body
        #expect(await post(fixture, known, event) == 200)
        #expect(await post(fixture, known, "6") == 200)
        #expect(fixture.server.sessionCount == 1)
    }

    @Test("the bytes of all messages of such a client are bounded together")
    func bytes() async throws {
        let fixture = SocketIOFixture()
        let request = try await handshake(fixture, network: "a", connection: 1)
        let rejected = #"40{"token":""# + String(repeating: "x", count: 8_000) + #""}"#
        for _ in 0..<8 { #expect(await post(fixture, request, rejected) == 200) }
        #expect(await post(fixture, request, rejected) == 400)
        #expect(fixture.server.sessionCount == 0)
    }

    @Test("a body is read only with a session, and only as much as the client may send")
    func admission() async throws {
        let fixture = SocketIOFixture()
        guard case .rejected(let response) = fixture.server.admission(ofPost: fixture.request("polling", sid: "none"))
        else {
            Issue.record("the body of a session that is none would be read")
            return
        }
        #expect(response.status == 400)
        let request = try await handshake(fixture, network: "a", connection: 1)
        guard case .bytes(16_384) = fixture.server.admission(ofPost: request) else {
            Issue.record("more than a token's worth would be read")
            return
        }
        #expect(await post(fixture, request, #"40{"token":"good"}"#) == 200)
        _ = await fixture.server.get(request)
        guard case .bytes(1_000_000) = fixture.server.admission(ofPost: request) else {
            Issue.record("an authenticated client may not send what it may")
            return
        }
    }

    @Test("one session too many ends the user's oldest; those of others stay")
    func perUser() async throws {
        var configuration = EngineIOConfiguration()
        configuration.maximumSessionsPerUser = 3
        let fixture = SocketIOFixture(configuration: configuration)
        let (_, bob) = try await fixture.connect(user: "bob")
        let (_, oldest) = try await fixture.connect()
        for _ in 0..<3 { _ = try await fixture.connect() }
        while await oldest.next() != nil {}
        #expect(fixture.server.sessionCount == 4)
        fixture.hub.emit("news", [], to: ["user_bob"])
        #expect(await bob.next() == #"42["news"]"#)
    }
}
