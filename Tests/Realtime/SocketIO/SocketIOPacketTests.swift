import ChatTestSupport
import JSON
import Testing

@testable import Realtime

struct SocketIOPacketTests {
    static let wire: [(SocketIOPacket, [EngineIOMessage])] = [
        (SocketIOPacket(kind: .connect), [.text("0")]),
        (SocketIOPacket(kind: .connect, data: ["token": "123"]), [.text(#"0{"token":"123"}"#)]),
        (
            SocketIOPacket(kind: .connect, namespace: "/admin", data: ["token": "123"]),
            [.text(#"0/admin,{"token":"123"}"#)]
        ),
        (SocketIOPacket(kind: .disconnect, namespace: "/admin"), [.text("1/admin,")]),
        (SocketIOPacket(kind: .disconnect), [.text("1")]),
        (SocketIOPacket(kind: .event, data: ["hey"]), [.text(#"2["hey"]"#)]),
        (SocketIOPacket(kind: .event, id: 12, data: ["foo"]), [.text(#"212["foo"]"#)]),
        (
            SocketIOPacket(kind: .event, namespace: "/admin", id: 12, data: ["foo", 1]),
            [.text(#"2/admin,12["foo",1]"#)]
        ),
        (SocketIOPacket(kind: .acknowledgement, id: 12, data: ["bar"]), [.text(#"312["bar"]"#)]),
        (SocketIOPacket(kind: .acknowledgement, id: 0, data: []), [.text("30[]")]),
        (
            SocketIOPacket(
                kind: .binaryEvent, data: ["baz", ["_placeholder": true, "num": 0]], attachments: [[1, 2, 3]]),
            [.text(#"51-["baz",{"_placeholder":true,"num":0}]"#), .binary([1, 2, 3])]
        ),
        (
            SocketIOPacket(
                kind: .binaryAcknowledgement, namespace: "/admin", id: 15, data: ["b"], attachments: [[1], [2]]),
            [.text(#"62-/admin,15["b"]"#), .binary([1]), .binary([2])]
        ),
    ]

    @Test("packets are written and read as the specification shows", arguments: wire)
    func vectors(packet: SocketIOPacket, messages: [EngineIOMessage]) throws {
        #expect(packet.messages == messages)
        var parser = SocketIOParser(configuration: EngineIOConfiguration())
        for message in messages.dropLast() { #expect(try parser.received(message) == nil) }
        #expect(try parser.received(try #require(messages.last)) == packet)
    }

    // Swift Testing starts a process for an expectation since 6.2.
    #if compiler(>=6.2)
        @Test("an event cannot have a name that is reserved", arguments: SocketIOPacket.reservedEvents.sorted())
        func reserved(name: String) async {
            await #expect(processExitsWith: .failure) { [name = name as String] in
                _ = SocketIOPacket.event(name, [])
            }
        }
    #endif

    @Test("the server's own answers are written as the specification shows")
    func answers() {
        let rejection = SocketIOPacket(kind: .connectError, data: ["message": "Not authorized"])
        #expect(rejection.messages == [.text(#"4{"message":"Not authorized"}"#)])
    }

    private static let malformedPackets: [String] = [
        "", "abc", "9", "2", "2{}", "2[]", "2[1]", "2[\"connect\"]", "2[\"disconnect\"]", "2abc[\"a\"]", "3[]",
        "312{}", "0[]",
        "0\"x\"", "012{}", "1[]", "4{}", "5[\"a\"]", "51[\"a\"]", "5-[\"a\"]", "517-[\"a\"]", "2[\"a\"",
        "2[\"a\"]x",
        "21234567890123456[\"a\"]",
        "2[\"a\",\(String(repeating: "[", count: 40))\(String(repeating: "]", count: 40))]",
    ]

    @Test("a text that is not a packet is rejected", arguments: malformedPackets)
    func malformed(text: String) {
        var parser = SocketIOParser(configuration: EngineIOConfiguration())
        #expect(throws: SocketIOParser.Malformed()) { try parser.received(.text(text)) }
    }

    @Test("an unannounced attachment is rejected, and so is a text in place of one")
    func attachments() throws {
        var parser = SocketIOParser(configuration: EngineIOConfiguration())
        #expect(throws: SocketIOParser.Malformed()) { try parser.received(.binary([1])) }
        #expect(try parser.received(.text(#"51-["baz",{"_placeholder":true,"num":0}]"#)) == nil)
        #expect(throws: SocketIOParser.Malformed()) { try parser.received(.text(#"2["hey"]"#)) }
    }

    @Test("attachments are bounded together")
    func largeAttachments() throws {
        var parser = SocketIOParser(configuration: EngineIOConfiguration())
        #expect(try parser.received(.text(#"52-["baz"]"#)) == nil)
        #expect(try parser.received(.binary([UInt8](repeating: 0, count: 600_000))) == nil)
        #expect(throws: SocketIOParser.Malformed()) {
            try parser.received(.binary([UInt8](repeating: 0, count: 600_000)))
        }
    }
}
