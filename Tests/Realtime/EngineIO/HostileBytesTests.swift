import Testing

@testable import Realtime

/// A generator whose numbers are the same in every run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

struct HostileBytesTests {
    /// Pieces that the protocols are made of, in any order.
    private static func text(_ dice: inout Dice) -> String {
        let pieces = [
            "0", "1", "2", "3", "4", "5", "6", "b", "\u{1E}", "probe", "40", "41", "42", "43", "45", "1-", "[", "]",
            "{", "}", "\"",
            "\"a\"", ",", "/", "/admin", "?", "12", "999999999999999999", "AQ==", "{\"token\":\"x\"}", "[\"hey\"]",
            "\u{0}", "\u{301}",
            "\u{20AC}", "-", "null", "{\"_placeholder\":true,\"num\":0}",
        ]
        return (0..<Int.random(in: 0...8, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
    }

    @Test("whatever a client sends, a session ends at most once, and sends nothing afterwards", arguments: 0..<200)
    func sessions(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        let start = ContinuousClock.now
        let configuration = EngineIOConfiguration()
        var session = EngineIOSession(
            id: "s", transport: Bool.random(using: &dice) ? .polling : .webSocket, configuration: configuration,
            at: start)
        var connection = SocketIOConnection(configuration: configuration, at: start)
        var ends = 0
        for step in 0..<60 {
            let now = start + .seconds(step)
            let wasOpen = session.isOpen
            let actions: [EngineIOSession.Action]
            switch Int.random(in: 0..<10, using: &dice) {
            case 0: actions = session.polled().actions
            case 1: actions = session.pollAborted()
            case 2: actions = session.awaitsWebSocket ? session.webSocketOpened(at: now) : []
            case 3: actions = Int.random(in: 0..<8, using: &dice) == 0 ? session.webSocketClosed() : []
            case 4: actions = session.send(.text("x"))
            case 5: actions = session.tick(at: now)
            case 6, 7: actions = session.received(frame: .text(Self.text(&dice)), at: now)
            default:
                _ = session.postBegan()
                actions = session.posted(Array(Self.text(&dice).utf8), at: now).actions
                session.postEnded()
            }
            for action in actions {
                switch action {
                case .closed: ends += 1
                case .message(let message):
                    #expect(wasOpen)
                    if connection.received(message).contains(.close(.parseError)) { _ = session.close(.parseError) }
                default: break
                }
            }
        }
        #expect(ends <= 1)
    }

    @Test("for any text or bytes a parser returns a packet, nothing yet, or an error", arguments: 0..<200)
    func parser(seed: Int) {
        var dice = Dice(state: UInt64(seed) &* 7919)
        var parser = SocketIOParser(configuration: EngineIOConfiguration())
        for _ in 0..<50 {
            let message =
                Int.random(in: 0..<5, using: &dice) == 0 ? EngineIOMessage.binary([1]) : .text(Self.text(&dice))
            guard let packet = try? parser.received(message) else { continue }
            // A parsed packet can be encoded again.
            var second = SocketIOParser(configuration: EngineIOConfiguration())
            #expect(packet.messages.compactMap { try? second.received($0) } == [packet])
        }
    }
}
