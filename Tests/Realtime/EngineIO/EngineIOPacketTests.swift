import Testing

@testable import Realtime

struct EngineIOPacketTests {
    @Test(
        "packets are written as the specification shows",
        arguments: [
            (EngineIOPacket.message(.text("hello")), "4hello"), (.ping(""), "2"), (.ping("probe"), "2probe"),
            (.pong("probe"), "3probe"), (.close, "1"), (.upgrade, "5"), (.noop, "6"),
            (.message(.binary([1, 2, 3, 4])), "bAQIDBA=="), (.message(.text("")), "4"),
            (.message(.text("\u{301}\u{20AC}")), "4\u{301}\u{20AC}"),
        ])
    func text(packet: EngineIOPacket, text: String) {
        #expect(packet.text == text)
        #expect(EngineIOPacket(text: text[...]) == packet)
    }

    @Test(
        "a text that is not a packet is rejected", arguments: ["", "7", "x", "abc", "1x", "5x", "6x", "b!!", " 4hello"])
    func malformed(text: String) {
        #expect(EngineIOPacket(text: text[...]) == nil)
    }

    @Test("a payload has packets separated by 0x1E")
    func payload() {
        let packets: [EngineIOPacket] = [
            .message(.text("hello")), .ping(""), .message(.text("\u{20AC}")), .message(.binary([1, 2, 3, 4])),
        ]
        let text = "4hello\u{1E}2\u{1E}4\u{20AC}\u{1E}bAQIDBA=="
        #expect(EngineIOPayload.text(packets) == text)
        #expect(EngineIOPayload.packets(Array(text.utf8), limit: 4) == packets)
        #expect(EngineIOPayload.packets(Array(text.utf8), limit: 3) == nil)
        #expect(EngineIOPayload.packets(Array("4a\u{1E}".utf8), limit: 4) == nil)
        #expect(EngineIOPayload.packets([], limit: 4) == nil)
        #expect(EngineIOPayload.packets([0x34, 0xFF], limit: 4) == nil)
    }

    @Test("a WebSocket frame has bytes without encoding")
    func frames() {
        #expect(EngineIOPacket.message(.binary([1, 2])).frame == .binary([1, 2]))
        #expect(EngineIOPacket.message(.text("a")).frame == .text("4a"))
    }
}
