import ChatTestSupport
import Concurrency
import Foundation
import JSON
import Testing

@testable import Realtime

struct SocketIOServerTests {
    @Test("a client over polling connects, is answered, and disconnects")
    func polling() async throws {
        let fixture = SocketIOFixture()
        let sid = try await fixture.handshake()
        #expect(
            await fixture.post(sid, #"40{"token":"good"}"#)
                == EngineIOResponse(status: 200, contentType: "text/html", body: Array("ok".utf8)))
        var received = ""
        while !received.contains("hello") { received += await fixture.get(sid) }
        #expect(received.hasPrefix(#"40{"sid":""#))
        #expect(await fixture.post(sid, #"4212["foo",1]"#).status == 200)
        #expect(await fixture.get(sid) == #"4312[1]"#)
        #expect(await fixture.post(sid, "1").status == 200)
        #expect(await fixture.get(sid) == #"{"code":1,"message":"Session ID unknown"}"#)
        #expect(fixture.server.sessionCount == 0)
    }

    @Test("payloads are plain text in UTF-8, errors JSON")
    func contentTypes() async {
        let fixture = SocketIOFixture()
        let handshake = await fixture.server.get(fixture.request("polling"))
        #expect(handshake.status == 200)
        #expect(handshake.contentType == "text/plain; charset=UTF-8")
        let rejected = await fixture.server.get(fixture.request("polling", sid: "nobody"))
        #expect(rejected.status == 400)
        #expect(rejected.contentType == "application/json")
    }

    @Test(
        "invalid requests are rejected with socket.io's codes",
        arguments: [
            (["EIO": "4"], 0), (["EIO": "4", "transport": "carrier pigeon"], 0),
            (["EIO": "4", "transport": "polling", "sid": "nobody"], 1), (["EIO": "4", "transport": "websocket"], 3),
            (["EIO": "3", "transport": "polling"], 5), (["transport": "polling"], 5),
        ] as [([String: String], Int)])
    func rejections(query: [String: String], code: Int) async throws {
        let answer = await SocketIOFixture().server.get(SocketIOHandshake(query: query))
        #expect(answer.status == 400)
        #expect(try JSONValue(parsing: answer.body)["code"] == .integer(code))
    }

    @Test("a handshake by POST is rejected")
    func badMethod() async throws {
        let fixture = SocketIOFixture()
        let body = Array(#"{"code":2,"message":"Bad handshake method"}"#.utf8)
        #expect(await fixture.server.post(fixture.request("polling"), body: []).body == body)
    }

    @Test("a client over a WebSocket alone gets the open packet first, then events and acknowledgements")
    func webSocket() async throws {
        let fixture = SocketIOFixture()
        #expect(fixture.server.rejection(ofWebSocket: fixture.request("websocket")) == nil)
        let (socket, client) = try await fixture.connect()
        await socket.receive(text: #"421["foo","bar"]"#)
        #expect(await client.next() == #"431["bar"]"#)
        socket.closed()
        #expect(fixture.server.sessionCount == 0)
        #expect(fixture.hub.sockets(in: "user_ann").isEmpty)
        var log = fixture.application.log.stream.makeAsyncIterator()
        #expect(await log.next(isolation: nil) == "connected")
        #expect(await log.next(isolation: nil) == "disconnected")
    }

    @Test("a client without a valid token is notified")
    func rejected() async throws {
        let fixture = SocketIOFixture()
        let client = FakeClient()
        let socket = try #require(fixture.server.open(fixture.request("websocket"), transport: client))
        _ = await client.next()
        await socket.receive(text: #"40{"token":"forged"}"#)
        #expect(await client.next() == #"44{"data":{"code":401},"message":"Not authorized"}"#)
        #expect(fixture.hub.sockets(in: "user_ann").isEmpty)
    }

    @Test("a session moves from polling to a WebSocket and goes on there")
    func upgrade() async throws {
        let fixture = SocketIOFixture()
        let sid = try await fixture.handshake()
        _ = await fixture.post(sid, #"40{"token":"good"}"#)
        var received = ""
        while !received.contains("hello") { received += await fixture.get(sid) }
        let client = FakeClient()
        let request = fixture.request("websocket", sid: sid)
        #expect(fixture.server.rejection(ofWebSocket: request) == nil)
        let socket = try #require(fixture.server.open(request, transport: client))
        #expect(fixture.server.rejection(ofWebSocket: request)?.status == 400)
        #expect(fixture.server.open(request, transport: FakeClient()) == nil)
        await socket.receive(text: "2probe")
        #expect(await client.next() == "3probe")
        #expect(await fixture.get(sid) == "6")
        await socket.receive(text: "5")
        fixture.hub.emit("news", [1], to: ["user_ann"])
        #expect(await client.next() == #"42["news",1]"#)
        #expect(await fixture.server.get(fixture.request("polling", sid: sid)).status == 400)
        await socket.receive(text: #"420["still"]"#)
        #expect(await client.next() == "430[]")
    }

    @Test("news of a candidate that broke off do not touch the next one")
    func staleCandidate() async throws {
        let fixture = SocketIOFixture()
        let sid = try await fixture.handshake()
        let request = fixture.request("websocket", sid: sid)
        let first = try #require(fixture.server.open(request, transport: FakeClient()))
        first.closed()
        let client = FakeClient()
        let second = try #require(fixture.server.open(request, transport: client))
        first.closed()
        await first.receive(text: "abc")
        await second.receive(text: "2probe")
        #expect(await client.next() == "3probe")
    }

    @Test("a room's event reaches every device of its users once, but not the one that asked for it")
    func rooms() async throws {
        let fixture = SocketIOFixture()
        let (phone, phoneClient) = try await fixture.connect()
        let (_, tabletClient) = try await fixture.connect()
        let (_, bobClient) = try await fixture.connect(user: "bob")
        let (_, cidClient) = try await fixture.connect(user: "cid")
        await phone.receive(text: #"42["tell","news"]"#)
        #expect(await tabletClient.next() == #"42["told","news"]"#)
        #expect(await bobClient.next() == #"42["told","news"]"#)
        fixture.hub.emit("end", [], to: ["user_ann", "user_bob", "user_cid"])
        #expect(await phoneClient.next() == #"42["end"]"#)
        #expect(await cidClient.next() == #"42["end"]"#)
        #expect(fixture.hub.sockets(in: "user_ann").count == 2)
    }

    @Test(
        "the sockets of a user who is put out are told, and what they send afterwards is dropped; those of others go on"
    )
    func userIsDisconnected() async throws {
        let fixture = SocketIOFixture()
        let (phone, phoneClient) = try await fixture.connect()
        let (_, tabletClient) = try await fixture.connect()
        let (bob, bobClient) = try await fixture.connect(user: "bob")
        fixture.server.disconnect(user: "ann")
        fixture.server.disconnect(user: "ann")
        await phone.receive(text: #"42["tell","news"]"#)
        for client in [phoneClient, tabletClient] {
            #expect(await client.next() == #"42["expired"]"#)
            #expect(await client.next() == "41")
            #expect(await client.next() == "1")
            #expect(await client.next() == nil)
        }
        await bob.receive(text: #"421["still"]"#)
        #expect(await bobClient.next() == "431[]")
        #expect(fixture.hub.sockets(in: "user_ann").isEmpty && fixture.server.sessionCount == 1)
    }

    @Test("what was sent before a socket is put out leaves first")
    func disconnected() async throws {
        let fixture = SocketIOFixture()
        let (_, client) = try await fixture.connect()
        let socket = try #require(fixture.hub.sockets(in: "user_ann").first)
        socket.emit("last", ["words"])
        socket.disconnect()
        #expect(await client.next() == #"42["last","words"]"#)
        #expect(await client.next() == "41")
        #expect(await client.next() == "1")
        #expect(await client.next() == nil)
        #expect(fixture.hub.sockets(in: "user_ann").isEmpty)
    }

    @Test("a socket that leaves gets its acknowledgement first")
    func leaving() async throws {
        let fixture = SocketIOFixture()
        let (socket, client) = try await fixture.connect()
        await socket.receive(text: #"427["leave"]"#)
        #expect(await client.next() == #"437["bye"]"#)
        #expect(await client.next() == "41")
    }

    @Test("events of one client are worked on and acknowledged in order, however many come at once")
    func order() async throws {
        let fixture = SocketIOFixture()
        let (socket, client) = try await fixture.connect()
        for index in 0..<300 { await socket.receive(text: "42\(index)[\"e\",\(index)]") }
        for index in 0..<300 { #expect(await client.next() == "43\(index)[\(index)]") }
    }

    @Test("a client that reads nothing is closed and costs no more than its queue")
    func slowClient() async throws {
        var configuration = EngineIOConfiguration()
        configuration.maximumQueuedPackets = 8
        let fixture = SocketIOFixture(configuration: configuration)
        let client = StuckClient()
        let socket = try #require(fixture.server.open(fixture.request("websocket"), transport: client))
        await socket.receive(text: #"40{"token":"good"}"#)
        var log = fixture.application.log.stream.makeAsyncIterator()
        #expect(await log.next(isolation: nil) == "connected")
        for index in 0..<20 {
            fixture.hub.emit("news", [.integer(index)], to: ["user_ann"], receipt: WriteReceipt {})
        }
        #expect(await log.next(isolation: nil) == "disconnected")
        #expect(fixture.server.sessionCount == 0)
    }

    @Test("one tick keeps the heartbeats of all: a client that answers stays, a silent one goes")
    func heartbeat() async throws {
        let fixture = SocketIOFixture()
        let (socket, client) = try await fixture.connect()
        let (_, silent) = try await fixture.connect(user: "bob")
        let start = ContinuousClock.now
        fixture.server.tick(at: start + .seconds(25))
        #expect(await client.next() == "2")
        #expect(await silent.next() == "2")
        await socket.receive(text: "3")
        fixture.server.tick(at: start + .seconds(45))
        #expect(await silent.next() == nil)
        #expect(fixture.hub.sockets(in: "user_ann").count == 1)
        #expect(fixture.hub.sockets(in: "user_bob").isEmpty)
    }

    @Test("a client that never connects to a namespace is dropped")
    func connectTimeout() async throws {
        let fixture = SocketIOFixture()
        let client = FakeClient()
        _ = try #require(fixture.server.open(fixture.request("websocket"), transport: client))
        _ = await client.next()
        fixture.server.tick(at: .now + .seconds(11))
        while await client.next() != nil {}
        #expect(fixture.server.sessionCount == 0)
    }

    @Test("a socket whose token has expired is notified and disconnected", arguments: [0.0, -86_400, 86_400])
    func expiry(step: TimeInterval) async throws {
        let clock = TestClock()
        let fixture = SocketIOFixture(
            expires: clock.now + 60, now: { clock.now }, uptime: { clock.uptime })
        // Times at which no ping is due, however slow the machine is.
        let start = ContinuousClock.now
        let (_, client) = try await fixture.connect()
        fixture.server.tick(at: start)
        // The token expires after a minute, even if the clock is set in between.
        clock.step(step)
        fixture.server.tick(at: start)
        fixture.hub.emit("still here", [], to: ["user_ann"])
        #expect(await client.next() == #"42["still here"]"#)
        clock.advance(60)
        fixture.server.tick(at: start)
        #expect(await client.next() == #"42["expired"]"#)
        #expect(await client.next() == "41")
    }

    @Test("a poll whose client has gone ends the session")
    func abortedPoll() async throws {
        let fixture = SocketIOFixture()
        let sid = try await fixture.handshake()
        let poll = Task { await fixture.server.get(fixture.request("polling", sid: sid)) }
        poll.cancel()
        _ = await poll.value
        #expect(await fixture.server.get(fixture.request("polling", sid: sid)).status == 400)
        #expect(fixture.server.sessionCount == 0)
    }

    @Test("no more sessions than the limit, and none after shutdown")
    func limits() async throws {
        var configuration = EngineIOConfiguration()
        configuration.maximumSessions = 2
        let fixture = SocketIOFixture(configuration: configuration)
        let (_, client) = try await fixture.connect()
        _ = try await fixture.connect(user: "bob")
        #expect(await fixture.server.get(fixture.request("polling")).status == 503)
        #expect(fixture.server.rejection(ofWebSocket: fixture.request("websocket"))?.status == 503)
        await fixture.server.shutdown()
        // After a close packet the client would not reconnect.
        #expect(await client.next() == nil)
        #expect(client.isClosedForShutdown)
        #expect(fixture.server.sessionCount == 0)
        #expect(await fixture.server.get(fixture.request("polling")).status == 503)
    }

    @Test("the heartbeat task pings by itself")
    func running() async throws {
        var configuration = EngineIOConfiguration()
        configuration.pingInterval = .milliseconds(50)
        let fixture = SocketIOFixture(configuration: configuration)
        let (_, client) = try await fixture.connect()
        let heartbeat = Task { await fixture.server.run() }
        #expect(await client.next() == "2")
        heartbeat.cancel()
        await heartbeat.value
    }
}
