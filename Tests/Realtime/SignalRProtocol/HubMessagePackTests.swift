import JSON
import Testing

@testable import Realtime

@Suite("SignalR's hub protocol in MessagePack")
struct HubMessagePackTests {
    private static let name = Array("method".utf8)
    private static let id = Array("xyz".utf8)
    private static let handshake = Array("{\"protocol\":\"messagepack\",\"version\":1}\u{1e}".utf8)
    /// The examples of the specification (HubProtocol.md, "MessagePack encoding").
    private static let call = joined([0x96, 0x01, 0x80, 0xA3], id, [0xA6], name, [0x91, 0x2A, 0x90])
    private static let streamCall = joined([0x96, 0x04, 0x80, 0xA3], id, [0xA6], name, [0x91, 0x2A, 0x90])
    private static let silentCall = joined([0x96, 0x01, 0x80, 0xC0, 0xA6], name, [0x91, 0x2A, 0x90])
    private static let ping: [UInt8] = [0x91, 0x06]
    private static let close = joined([0x92, 0x07, 0xA3], id)
    private static let streamItem = joined([0x94, 0x02, 0x80, 0xA3], id, [0x2A])

    private static func joined(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

    private let start = ContinuousClock.now

    private func framed(_ record: [UInt8]) -> [UInt8] { [UInt8(record.count)] + record }

    private func openSession() -> HubSession {
        var session = HubSession(configuration: HubConfiguration(), at: start)
        _ = session.received(.binary(Self.handshake), at: start)
        return session
    }

    @Test("the handshake is text in either frame, and its answer a binary frame")
    func opens() {
        for frame in [SocketFrame.binary(Self.handshake), .text(String(decoding: Self.handshake, as: UTF8.self))] {
            var session = HubSession(configuration: HubConfiguration(), at: start)
            let answer = SocketFrame.binary(Array("{}\u{1e}".utf8))
            #expect(session.received(frame, at: start) == [.send(answer), .open(.messagePack)])
        }
    }

    @Test("a length that has more than 31 bits is not valid, and one over the limit is a message that is too long")
    func invalidLengths() {
        let longest: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x07]
        for (length, reason) in [
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "The length of a message is not valid."),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x08], "The length of a message is not valid."),
            (longest, "The maximum message size of 32768B was exceeded."),
        ] {
            var session = openSession()
            let actions = session.received(.binary(length), at: start)
            guard case .send(let frame) = actions.first else { return #expect(Bool(false), "nothing was sent") }
            #expect(frame.text.contains(reason) && actions.last == .close && !session.isOpen)
        }
    }

    @Test("a transport of text does not open it")
    func textTransport() {
        var session = HubSession(configuration: HubConfiguration(), sendsBinary: false, at: start)
        let actions = session.received(.binary(Self.handshake), at: start)
        guard case .send(let frame) = actions.first else { return #expect(Bool(false), "nothing was sent") }
        #expect(frame.text.contains("'Binary' transfer format") && actions.last == .close && !session.isOpen)
    }

    @Test("the specification's invocations are read, wherever frames begin and end", arguments: [1, 7, 1000])
    func invocations(size: Int) {
        var session = HubSession(configuration: HubConfiguration(), at: start)
        let records = [Self.call, Self.silentCall, Self.streamCall, Self.ping, Self.streamItem].map(framed)
        var rest = (Self.handshake + records.joined())[...]
        var actions: [HubSession.Action] = []
        while !rest.isEmpty {
            actions += session.received(.binary(Array(rest.prefix(size))), at: start)
            rest = rest.dropFirst(size)
        }
        let invocations = [
            HubInvocation(id: "xyz", target: "method", arguments: [42]),
            HubInvocation(target: "method", arguments: [42]),
            HubInvocation(id: "xyz", target: "method", arguments: [42], isStream: true),
        ]
        #expect(Array(actions.dropFirst(2)) == invocations.map { .invoke($0) })
    }

    @Test("the client's close message ends the connection")
    func closed() {
        var session = openSession()
        #expect(session.received(.binary(framed(Self.close)), at: start) == [.close])
    }

    private static let invalidRecords: [[UInt8]] = [
        [], [0xC1], [0x01], [0x90], [0x91, 0xA1, 0x41], [0x95, 0x01, 0x80, 0xC0, 0x01, 0x90],
        [0x95, 0x01, 0x80, 0xC0, 0xA0, 0x90], [0x95, 0x01, 0x80, 0xC0, 0xA1, 0x41, 0x01], [0x92, 0x01, 0x80],
        [0x95, 0x01, 0x80, 0x05, 0xA1, 0x41, 0x90], [0x95, 0x04, 0x80, 0xC0, 0xA1, 0x41, 0x90], [0x91, 0x06, 0x00],
        [0x95, 0x01, 0x80, 0xC0, 0xA1, 0x41, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xC4, 0x01, 0x00],
    ]

    @Test("a message that is not valid ends the connection with an error", arguments: invalidRecords)
    func invalid(record: [UInt8]) throws {
        var session = openSession()
        let actions = session.received(.binary(framed(record)), at: start)
        guard case .send(.binary(let bytes)) = actions.first else { throw CancellationError() }
        // [7, "Connection closed with an error. …"]
        #expect(bytes[1...2] == [0x92, 0x07] && actions.last == .close && !session.isOpen)
    }

    @Test("a length over the limit, or of more than 31 bits, ends the connection before anything is kept")
    func lengths() {
        for length: [UInt8] in [
            [0x81, 0x80, 0x02], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] {
            var session = openSession()
            #expect(session.received(.binary(length), at: start).last == .close)
        }
        var session = openSession()
        // 32 KiB are allowed.
        #expect(session.received(.binary([0x80, 0x80, 0x02]), at: start) == [])
    }

    @Test("what the server sends is as in the specification")
    func records() {
        let format = HubFormat.messagePack
        #expect(HubRecord.invocation("method", [42], format) == .binary(framed(Self.silentCall)))
        #expect(HubRecord.ping(format) == .binary(framed(Self.ping)))
        #expect(HubRecord.close(error: "xyz", allowReconnect: false, format) == .binary(framed(Self.close)))
        let permitted = Self.joined([0x93, 0x07, 0xA3], Self.id, [0xC3])
        #expect(HubRecord.close(error: "xyz", allowReconnect: true, format) == .binary(framed(permitted)))
        let error = Self.joined([0x95, 0x03, 0x80, 0xA3], Self.id, [0x01, 0xA5], Array("Error".utf8))
        #expect(HubRecord.completion("xyz", error: "Error", format) == .binary(framed(error)))
        let result = Self.joined([0x95, 0x03, 0x80, 0xA3], Self.id, [0x03, 0x2A])
        #expect(HubRecord.completion("xyz", result: 42, format) == .binary(framed(result)))
        // A length of two bytes: the least significant bits are the first.
        let long = HubRecord.invocation(String(repeating: "a", count: 300), [], format).bytes
        #expect(long.count == Int(long[0] & 0x7F) + Int(long[1]) << 7 + 2 && long[0] & 0x80 != 0)
    }
}
