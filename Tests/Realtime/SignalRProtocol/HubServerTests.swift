import ChatTestSupport
import JSON
import Testing

@testable import Realtime

@Suite("A SignalR hub")
struct HubServerTests {
    private struct Echo: HubApplication {
        let hub: ConnectionHub

        func connected(_ connection: UserConnection) { connection.send("connected") }
        func disconnected(_ connection: UserConnection) {
            hub.send("Gone", [.string(connection.user.id)], to: ["bob"])
        }

        func invoke(_ call: HubInvocation, by connection: UserConnection) throws(HubError) -> JSONValue {
            switch call.target {
            case "Echo": return .array(call.arguments)
            case "Reject": throw .rejected("No.")
            case "Fail": throw .failed
            default: throw .unknownMethod
            }
        }
    }

    private let hub = HubServer.makeHub()
    private let server: HubServer
    private let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}"

    init() { server = HubServer(hub: hub, application: Echo(hub: hub)) }

    private func connect(_ user: String) async -> (UserConnection, FakeClient) {
        let client = FakeClient()
        let connection = UserConnection(user: TestUser(id: user), expires: nil, transport: client)
        Task { await connection.run() }
        server.openConnections.add(connection)
        await server.connected(connection)
        return (connection, client)
    }

    @Test("no events are sent before the handshake")
    func handshakeFirst() async {
        let (connection, client) = await connect("ann")
        hub.send("Early", [1], to: ["ann"])
        await server.received(.text(handshake), from: connection)
        #expect(await client.next() == "{}\u{1e}")
        #expect(await client.next() == "connected")
        hub.send("Late", [1, "two", true], to: ["ann"])
        #expect(await client.next() == "{\"arguments\":[1,\"two\",true],\"target\":\"Late\",\"type\":1}\u{1e}")
        hub.send("One", ["a": 1], to: ["ann"])
        #expect(await client.next() == "{\"arguments\":[{\"a\":1}],\"target\":\"One\",\"type\":1}\u{1e}")
    }

    @Test(
        "a call is answered with its result or its error, with ASP.NET Core's texts",
        arguments: [
            (#"{"type":1,"invocationId":"1","target":"Echo","arguments":[1]}"#, #""result":[1]"#),
            (
                #"{"type":1,"invocationId":"1","target":"Reject","arguments":[]}"#,
                #""error":"An unexpected error occurred invoking 'Reject' on the server. HubException: No.""#
            ),
            (
                #"{"type":1,"invocationId":"1","target":"Fail","arguments":[]}"#,
                #""error":"An unexpected error occurred invoking 'Fail' on the server.""#
            ),
            (
                #"{"type":1,"invocationId":"1","target":"echo","arguments":[]}"#,
                #""error":"Unknown hub method 'echo'""#
            ),
            (
                #"{"type":4,"invocationId":"1","target":"Echo","arguments":[]}"#,
                #""error":"The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.""#
            ),
        ])
    func answers(call: String, answer: String) async throws {
        let (connection, client) = await connect("ann")
        await server.received(.text(handshake + call + "\u{1e}"), from: connection)
        #expect(await client.next() == "{}\u{1e}")
        #expect(await client.next() == "connected")
        let expected = try JSONValue(parsing: "{\"type\":3,\"invocationId\":\"1\",\(answer)}")
        #expect(try JSONValue(parsing: String(try #require(await client.next()).dropLast())) == expected)
    }

    @Test("only a connection after its handshake is announced as gone, and it receives nothing any more")
    func gone() async {
        let (bob, client) = await connect("bob")
        await server.received(.text(handshake), from: bob)
        #expect(await client.next() == "{}\u{1e}")
        #expect(await client.next() == "connected")
        let (unmet, _) = await connect("eve")
        await server.disconnected(unmet)
        let (ann, _) = await connect("ann")
        await server.received(.text(handshake), from: ann)
        await server.disconnected(ann)
        #expect(await client.next() == "{\"arguments\":[\"ann\"],\"target\":\"Gone\",\"type\":1}\u{1e}")
        #expect(hub.connectionCount(of: "ann") == 0)
    }

    @Test("a user who negotiates repeatedly displaces only their own negotiations, the oldest first")
    func negotiatingMuch() throws {
        let start = ContinuousClock.now
        var negotiations = HubNegotiations(configuration: HubConfiguration(), at: start)
        func offer(to user: String) throws -> String {
            let offered = negotiations.makeToken(for: user, at: start)
            return try #require(offered)
        }
        let bob = try offer(to: "bob")
        let claimed = try offer(to: "ann")
        #expect(negotiations.claim(claimed, for: "ann", at: start) == .granted)
        var tokens: [String] = []
        for _ in 0..<25_000 { tokens.append(try offer(to: "ann")) }
        #expect(negotiations.claim(tokens[24_967], for: "ann", at: start) == .unknown)
        #expect(negotiations.claim(tokens[24_968], for: "ann", at: start) == .granted)
        #expect(negotiations.claim(tokens[24_999], for: "ann", at: start) == .granted)
        #expect(negotiations.claim(bob, for: "bob", at: start) == .granted)
        #expect(negotiations.claim(claimed, for: "ann", at: start) == .alreadyClaimed)
    }

    @Test("a negotiation is good for one socket of its user, in time, once")
    func negotiations() throws {
        var negotiations = HubNegotiations(configuration: HubConfiguration(), at: .now)
        let start = ContinuousClock.now
        let offered = negotiations.makeToken(for: "ann", at: start)
        let token = try #require(offered)
        #expect(negotiations.claim("nothing", for: "ann", at: start) == .unknown)
        #expect(negotiations.claim(token, for: "bob", at: start) == .unknown)
        #expect(negotiations.claim(token, for: "ann", at: start + .seconds(14)) == .granted)
        #expect(negotiations.claim(token, for: "ann", at: start + .seconds(14)) == .alreadyClaimed)
        negotiations.opened(token)
        #expect(negotiations.claim(token, for: "ann", at: start + .seconds(9_999)) == .alreadyClaimed)
        negotiations.closed(token)
        #expect(negotiations.claim(token, for: "ann", at: start + .seconds(10_000)) == .unknown)
        let another = negotiations.makeToken(for: "ann", at: start)
        let late = try #require(another)
        #expect(negotiations.claim(late, for: "ann", at: start + .seconds(15)) == .unknown)
    }

    @Test("the number of open negotiations is limited, and expired ones are removed")
    func manyUsers() {
        var configuration = HubConfiguration()
        configuration.maximumNegotiated = 2
        let start = ContinuousClock.now
        var negotiations = HubNegotiations(configuration: configuration, at: start)
        let offered = (0..<3).map { _ in negotiations.makeToken(for: "ann", at: start) != nil }
        #expect(offered == [true, true, false])
        #expect(negotiations.makeToken(for: "ann", at: start + .seconds(16)) != nil)
    }

    @Test("negotiation is answered as specified")
    func negotiationAnswers() throws {
        let zero = try #require(server.negotiate(version: nil, user: "ann"))
        let one = try #require(server.negotiate(version: "1", user: "ann"))
        let transports: JSONValue = [
            ["transport": "WebSockets", "transferFormats": ["Text", "Binary"]],
            ["transport": "ServerSentEvents", "transferFormats": ["Text"]],
            ["transport": "LongPolling", "transferFormats": ["Text", "Binary"]],
        ]
        #expect(zero["availableTransports"] == transports && one["availableTransports"] == transports)
        #expect(zero["connectionToken"] == nil && zero["negotiateVersion"] == 0 && one["negotiateVersion"] == 1)
        let (id, token) = try (
            #require(one["connectionId"]?.stringValue), #require(one["connectionToken"]?.stringValue)
        )
        #expect(server.claim(id, for: "ann") == .unknown && server.claim(token, for: "ann") == .granted)
        #expect(server.negotiate(version: "-1", user: "ann")?["error"] != nil)
    }
}
