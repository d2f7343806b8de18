import ChatTestSupport
import Concurrency
import JSON
import Testing

@testable import Realtime

@Suite("Ephemeral events")
struct EphemeralEventTests {
    /// Packets that are sent at once in these tests: more than may wait for a client.
    private static let flood = 2_000

    @Test("no number of ephemeral events closes a client that does not read; events with a receipt still reach it")
    func webSocket() async throws {
        let fixture = SocketIOFixture(configuration: .withoutTimeouts)
        let client = StuckClient()
        let socket = try #require(fixture.server.open(fixture.request("websocket"), transport: client))
        await socket.receive(text: #"40{"token":"good"}"#)
        var log = fixture.application.log.stream.makeAsyncIterator()
        #expect(await log.next(isolation: nil) == "connected")
        for index in 0..<Self.flood { fixture.hub.emit("typing", [.integer(index)], to: ["user_ann"]) }
        #expect(fixture.server.sessionCount == 1)
        // There is space for messages; only those close it.
        for index in 0..<300 {
            fixture.hub.emit("news", [.integer(index)], to: ["user_ann"], receipt: WriteReceipt {})
        }
        #expect(fixture.server.sessionCount == 1)
        for index in 0..<300 {
            fixture.hub.emit("news", [.integer(index)], to: ["user_ann"], receipt: WriteReceipt {})
        }
        #expect(await log.next(isolation: nil) == "disconnected")
    }

    @Test("a client over polling loses ephemeral events that are too many for a poll, not its session, and no message")
    func polling() async throws {
        let fixture = SocketIOFixture(configuration: .withoutTimeouts)
        let sid = try await fixture.connectByPolling()
        for index in 0..<Self.flood { fixture.hub.emit("typing", [.integer(index)], to: ["user_ann"]) }
        fixture.hub.emit("news", ["last"], to: ["user_ann"], receipt: WriteReceipt {})
        let events = await fixture.get(sid).split(separator: "\u{1E}")
        #expect(events.first == #"42["typing",0]"# && events.last == #"42["news","last"]"#)
        #expect(events.count < Self.flood)
        fixture.hub.emit("typing", ["again"], to: ["user_ann"])
        #expect(await fixture.get(sid) == #"42["typing","again"]"#)
    }

    @Test("a connection of another protocol that reads nothing is not closed by ephemeral events, by messages it is")
    func otherProtocols() {
        let hub = HubServer.makeHub()
        let connection = UserConnection(
            user: TestUser(id: "ann"), expires: nil, transport: StuckClient(), maximumWaiting: 64 << 10)
        hub.add(connection)
        for index in 0..<Self.flood { hub.send("UserTyping", [.integer(index)], to: ["ann"]) }
        #expect(!connection.isClosed)
        for index in 0..<Self.flood { hub.send("Message", [.integer(index)], to: ["ann"], receipt: WriteReceipt {}) }
        #expect(connection.isClosed)
    }

    @Test("what the chat server sends by Redis is not ephemeral: it is not known what it is")
    func chatServer() async throws {
        let fixture = SocketIOFixture(configuration: .withoutTimeouts)
        let sid = try await fixture.connectByPolling()
        for index in 0..<300 { fixture.hub.receive(HubEvent("e", [.integer(index)], to: ["user_ann"]), receipt: nil) }
        #expect(await fixture.get(sid).split(separator: "\u{1E}").count == 300)
    }

    @Test("a connection causes so many ephemeral events at once, and then so many each second")
    func budget() {
        let start = ContinuousClock.now
        var budget = EphemeralBudget()
        let first = (0..<100).filter { _ in budget.take(at: start) }
        #expect(first.count == EphemeralBudget.maximum)
        let later = (0..<100).filter { _ in budget.take(at: start + .seconds(2)) }
        #expect(later.count == 2 * EphemeralBudget.perSecond)
        let last = (0..<100).filter { _ in budget.take(at: start + .seconds(3600)) }
        #expect(last.count == EphemeralBudget.maximum)
        let earlier = budget.take(at: start)
        #expect(!earlier)
    }
}
