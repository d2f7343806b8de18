import Testing

@testable import Realtime

struct EngineIOSessionTests {
    typealias Action = EngineIOSession.Action
    let start = ContinuousClock.now
    let configuration = EngineIOConfiguration()

    func session(_ transport: EngineIOSession.Transport = .polling) -> EngineIOSession {
        EngineIOSession(id: "lv_VI97HAXpY6yYWAAAC", transport: transport, configuration: configuration, at: start)
    }

    @Test("the open packet names the session and the server's timings")
    func open() {
        #expect(
            session().openPacket.text
                == #"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
        )
        #expect(session(.webSocket).openPacket.text.contains(#""upgrades":[]"#))
    }

    @Test("a poll waits for the next message; messages wait for the next poll")
    func polling() {
        var session = session()
        #expect(session.polled().actions == [])
        #expect(session.send(.text("a")) == [.respondToPoll("4a")])
        #expect(session.send(.text("b")) == [])
        #expect(session.send(.binary([1, 2, 3, 4])) == [])
        #expect(session.polled().actions == [.respondToPoll("4b\u{1E}bAQIDBA==")])
        #expect(session.polled().actions == [])
    }

    @Test("a second concurrent poll is rejected, and the session ends")
    func duplicatePoll() {
        var session = session()
        _ = session.polled()
        let second = session.polled()
        #expect(second.error == .badRequest)
        #expect(second.actions == [.respondToPoll("1"), .closed(.transportError)])
        #expect(session.isFinished)
        #expect(session.polled().error == .sessionUnknown)
    }

    @Test("a poll that the client aborts ends the session")
    func abortedPoll() {
        var session = session()
        _ = session.polled()
        #expect(session.pollAborted() == [.closed(.transportError)])
    }

    @Test("a second concurrent post is rejected, and the session ends")
    func duplicatePost() {
        var session = session()
        #expect(session.postBegan().error == nil)
        let second = session.postBegan()
        #expect(second.error == .badRequest)
        #expect(second.actions == [.closed(.transportError)])
    }

    @Test("the messages of a post arrive in order")
    func posting() {
        var session = session()
        _ = session.postBegan()
        let posted = session.posted(Array("4a\u{1E}bAQI=\u{1E}4c".utf8), at: start)
        #expect(posted.error == nil)
        #expect(posted.actions == [.message(.text("a")), .message(.binary([1, 2])), .message(.text("c"))])
        session.postEnded()
        #expect(session.postBegan().error == nil)
    }

    @Test(
        "a post that is not a payload of packets is rejected, and the session ends",
        arguments: ["abc", "", "4a\u{1E}", "2", "5"])
    func malformedPost(body: String) {
        var session = session()
        _ = session.postBegan()
        let posted = session.posted(Array(body.utf8), at: start)
        #expect(posted.actions.last == .closed(.parseError))
        #expect(session.isFinished)
    }

    @Test("a post over the limit is rejected, and the session ends")
    func hugePost() {
        var session = session()
        _ = session.postBegan()
        let posted = session.posted([UInt8](repeating: UInt8(ascii: "4"), count: 1_000_001), at: start)
        #expect(posted.error == .badRequest)
        #expect(session.isFinished)
    }

    @Test("when a client sends a close packet, its waiting poll is answered with noop")
    func clientCloses() {
        var session = session()
        _ = session.polled()
        _ = session.postBegan()
        #expect(session.posted(Array("1".utf8), at: start).actions == [.respondToPoll("6"), .closed(.transportClosed)])
    }

    @Test("the server pings after 25 s and ends the session without a pong for 20 s")
    func heartbeat() {
        var session = session(.webSocket)
        #expect(session.tick(at: start + .seconds(24)) == [])
        #expect(session.tick(at: start + .seconds(25)) == [.sendFrame(.text("2"))])
        #expect(session.tick(at: start + .seconds(44)) == [])
        #expect(session.tick(at: start + .seconds(45)) == [.closeWebSocket, .closed(.pingTimeout)])
        #expect(session.isFinished)
    }

    @Test("a pong keeps the session for another interval")
    func pong() {
        var session = session(.webSocket)
        _ = session.tick(at: start + .seconds(25))
        #expect(session.received(frame: .text("3"), at: start + .seconds(26)) == [])
        #expect(session.tick(at: start + .seconds(50)) == [])
        #expect(session.tick(at: start + .seconds(51)) == [.sendFrame(.text("2"))])
    }

    @Test("in polling, a ping answers the waiting poll")
    func pollingHeartbeat() {
        var session = session()
        _ = session.polled()
        #expect(session.tick(at: start + .seconds(25)) == [.respondToPoll("2")])
        _ = session.postBegan()
        #expect(session.posted(Array("3".utf8), at: start + .seconds(26)).error == nil)
        session.postEnded()
        #expect(session.tick(at: start + .seconds(50)) == [])
        #expect(session.isOpen)
    }

    @Test("a session is upgraded from polling to a WebSocket as the specification describes, without losing messages")
    func upgrade() {
        var session = session()
        #expect(session.polled().actions == [])
        #expect(session.awaitsWebSocket)
        #expect(session.webSocketOpened(at: start) == [])
        #expect(!session.awaitsWebSocket)
        #expect(
            session.received(frame: .text("2probe"), at: start) == [.sendFrame(.text("3probe")), .respondToPoll("6")])
        #expect(session.send(.text("between")) == [])
        #expect(session.received(frame: .text("5"), at: start) == [.sendFrame(.text("4between"))])
        #expect(session.received(frame: .text("4hello"), at: start) == [.message(.text("hello"))])
        #expect(session.send(.binary([7])) == [.sendFrame(.binary([7]))])
        #expect(session.polled().error == .badRequest)
        #expect(session.postBegan().error == .badRequest)
        #expect(session.isOpen)
    }

    @Test("a poll after the probe is answered at once, so that the client can upgrade")
    func pollAfterProbe() {
        var session = session()
        _ = session.webSocketOpened(at: start)
        _ = session.received(frame: .text("2probe"), at: start)
        #expect(session.polled().actions == [.respondToPoll("6")])
    }

    @Test(
        "a WebSocket that does not send a probe is closed, and polling continues",
        arguments: ["4hello", "5", "abc", "2"])
    func badCandidate(frame: String) {
        var session = session()
        _ = session.webSocketOpened(at: start)
        #expect(session.received(frame: .text(frame), at: start) == [.closeWebSocket])
        #expect(session.polled().error == nil)
        #expect(session.send(.text("a")) == [.respondToPoll("4a")])
    }

    @Test("a WebSocket whose upgrade takes longer than 10 s is closed, and polling continues")
    func slowCandidate() {
        var session = session()
        _ = session.webSocketOpened(at: start)
        _ = session.received(frame: .text("2probe"), at: start)
        #expect(session.tick(at: start + .seconds(10)) == [.closeWebSocket])
        #expect(session.isOpen)
    }

    @Test("when a WebSocket closes during its upgrade, polling continues")
    func lostCandidate() {
        var session = session()
        _ = session.webSocketOpened(at: start)
        #expect(session.webSocketClosed() == [])
        #expect(session.awaitsWebSocket)
    }

    @Test("a WebSocket session opens with its first frame and ends with its socket")
    func webSocketOnly() {
        var session = session(.webSocket)
        #expect(session.webSocketOpened(at: start) == [.sendFrame(session.openPacket.frame)])
        #expect(!session.awaitsWebSocket)
        #expect(session.received(frame: .binary([1]), at: start) == [.message(.binary([1]))])
        #expect(session.webSocketClosed() == [.closed(.transportClosed)])
        #expect(session.webSocketClosed() == [])
    }

    @Test("a frame that is not a packet ends the session", arguments: ["abc", "", "7", "2", "5"])
    func malformedFrame(frame: String) {
        var session = session(.webSocket)
        #expect(session.received(frame: .text(frame), at: start) == [.closeWebSocket, .closed(.parseError)])
    }

    @Test(
        "in polling, messages sent before the server closes are delivered, and the close packet has a payload of its own"
    )
    func graceful() {
        var session = session()
        _ = session.send(.text("last words"))
        #expect(session.close(at: start) == [.closed(.forced)])
        #expect(!session.isOpen && !session.isFinished)
        #expect(session.polled().actions == [.respondToPoll("4last words")])
        #expect(!session.isFinished)
        #expect(session.polled().actions == [.respondToPoll("1")])
        #expect(session.isFinished)
    }

    @Test("at shutdown no close packet is sent: polls are rejected, WebSockets are closed")
    func shutdown() {
        var waiting = session()
        #expect(waiting.polled().actions == [])
        #expect(waiting.closeForShutdown(at: start) == [.rejectPoll, .closed(.forced)])
        #expect(waiting.isFinished)
        var holding = session()
        _ = holding.send(.text("last words"))
        #expect(holding.closeForShutdown(at: start) == [.closed(.forced)])
        #expect(holding.polled().actions == [.respondToPoll("4last words")])
        #expect(holding.isFinished && holding.polled().error == .sessionUnknown)
        var idle = session()
        #expect(idle.closeForShutdown(at: start) == [.closed(.forced)])
        #expect(idle.isFinished)
        var probing = session()
        _ = probing.webSocketOpened(at: start)
        #expect(probing.closeForShutdown(at: start) == [.closeWebSocket, .closed(.forced)])
        var socket = session(.webSocket)
        _ = socket.webSocketOpened(at: start)
        #expect(socket.closeForShutdown(at: start) == [.closeWebSocket, .closed(.forced)])
        #expect(socket.isFinished)
    }

    @Test("a closed session that is not polled is removed")
    func forgotten() {
        var session = session()
        _ = session.close(at: start)
        _ = session.tick(at: start + .seconds(20))
        #expect(session.isFinished)
    }

    @Test("a session with too many queued messages or bytes is ended")
    func slowClient() {
        var many = session()
        for _ in 0..<configuration.maximumQueuedPackets { #expect(many.send(.text("")) == []) }
        #expect(many.send(.text("")) == [.closed(.slowClient)])
        var large = session()
        let message = String(repeating: "x", count: 1 << 20)
        for _ in 0..<4 { #expect(large.send(.text(message)) == []) }
        #expect(large.send(.text(message)) == [.closed(.slowClient)])
    }
}
