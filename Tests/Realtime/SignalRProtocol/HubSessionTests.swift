import JSON
import Testing

@testable import Realtime

extension HubSession {
    /// A frame of text.
    mutating func received(_ text: String, at instant: ContinuousClock.Instant) -> [Action] {
        received(.text(text), at: instant)
    }
}

@Suite("A SignalR client's session")
struct HubSessionTests {
    private let start = ContinuousClock.now
    private let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}"

    private func session() -> HubSession { HubSession(configuration: HubConfiguration(), at: start) }

    private func openSession() -> HubSession {
        var session = session()
        _ = session.received(handshake, at: start)
        return session
    }

    @Test("the specification's handshake is answered with an empty object")
    func handshakeVector() {
        var session = session()
        #expect(!session.isOpen)
        #expect(session.received(handshake, at: start) == [.send("{}\u{1e}"), .open(.json)])
        #expect(session.isOpen)
    }

    @Test(
        "an invalid handshake is answered with an error, and what follows is ignored",
        arguments: [
            (#"{"protocol":"blazorpack","version":1}"#, "The protocol 'blazorpack' is not supported."),
            (
                #"{"protocol":"json","version":2}"#,
                "The server does not support version 2 of the 'json' protocol."
            ),
            (
                #"{"type":6}"#, "The handshake is an object with the properties 'protocol' and 'version'."
            ),
            ("nonsense", "The handshake is an object with the properties 'protocol' and 'version'."),
        ])
    func rejectedHandshake(record: String, error: String) {
        var session = session()
        let closeRecord = #"{"error":"\#(error)"}"# + "\u{1e}"
        #expect(session.received(record + "\u{1e}" + handshake, at: start) == [.send(.text(closeRecord)), .close])
        #expect(session.received(handshake, at: start) == [] && !session.isOpen)
    }

    @Test("the specification's invocations are read, wherever frames begin and end", arguments: [1, 7, 1000])
    func invocationVectors(size: Int) {
        var session = session()
        let text =
            handshake + #"{"type":1,"invocationId":"123","target":"Send","arguments":[42,"Test Message"]}"# + "\u{1e}"
            + #"{"type":1,"target":"Send","arguments":[42,"Tést"]}"# + "\u{1e}"
            + #"{"type":4,"invocationId":"9","target":"Stream","arguments":[]}"# + "\u{1e}"
        var actions: [HubSession.Action] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            actions += session.received(String(rest.prefix(size)), at: start)
            rest = rest.dropFirst(size)
        }
        #expect(
            actions == [
                .send("{}\u{1e}"), .open(.json),
                .invoke(HubInvocation(id: "123", target: "Send", arguments: [42, "Test Message"])),
                .invoke(HubInvocation(target: "Send", arguments: [42, "Tést"])),
                .invoke(HubInvocation(id: "9", target: "Stream", isStream: true)),
            ])
    }

    @Test(
        "what says nothing to this server is let pass: stream items, results, pings, types to come",
        arguments: [
            #"{"type":2,"invocationId":"1","item":1}"#, #"{"type":3,"invocationId":"1","result":1}"#,
            #"{"type":5,"invocationId":"1"}"#, #"{"type":6}"#, #"{"type":8,"sequenceId":1}"#,
            #"{"type":9,"sequenceId":1}"#, #"{"type":99,"target":7}"#,
        ])
    func ignored(record: String) {
        var session = openSession()
        #expect(session.received(record + "\u{1e}", at: start) == [] && session.isOpen)
    }

    @Test(
        "a protocol violation ends the connection with a close message that has the reason",
        arguments: [
            ("{", "Error reading JSON."), ("[]", "Unexpected JSON: an object is expected."),
            ("{}", "Missing required property 'type'."), (#"{"type":"1"}"#, "Expected 'type' to be of type Number."),
            (#"{"type":1,"arguments":[]}"#, "Missing required property 'target'."),
            (#"{"type":1,"target":"Send"}"#, "Missing required property 'arguments'."),
            (#"{"type":1,"target":"Send","arguments":{}}"#, "Expected 'arguments' to be of type Array."),
            (
                #"{"type":1,"invocationId":1,"target":"Send","arguments":[]}"#,
                "Expected 'invocationId' to be of type String."
            ),
            (
                #"{"type":3,"invocationId":"1","result":1,"error":"x"}"#,
                "The 'error' and 'result' properties are mutually exclusive."
            ),
        ])
    func breaches(record: String, error: String) {
        var session = openSession()
        let closeRecord = #"{"error":"Connection closed with an error. \#(error)","type":7}"# + "\u{1e}"
        #expect(
            session.received(record + "\u{1e}" + #"{"type":6}"# + "\u{1e}", at: start) == [
                .send(.text(closeRecord)), .close,
            ])
        #expect(!session.isOpen && session.end() == [])
    }

    @Test("a message of 32 KiB is accepted, one byte more is not, in one frame or in many")
    func size() {
        let head = #"{"type":1,"target":""#
        let tail = #"","arguments":[]}"#
        let name = String(repeating: "x", count: (32 << 10) - head.utf8.count - tail.utf8.count)
        var session = openSession()
        #expect(
            session.received(head + name + tail + "\u{1e}", at: start) == [.invoke(HubInvocation(target: name))])
        for part in [head, name, "x"] { #expect(session.received(part, at: start) == []) }
        let last = session.received(tail + "\u{1e}", at: start)
        #expect(last.last == .close && last.count == 2)
    }

    @Test("a client's close ends the connection")
    func close() {
        var session = openSession()
        #expect(session.received("{\"type\":7}\u{1e}", at: start) == [.close])
    }

    @Test("a handshake that is not complete within 15 s is rejected, however many bytes arrive")
    func handshakeTimeout() {
        var session = session()
        #expect(session.received("{", at: start + .seconds(14)) == [])
        #expect(session.tick(at: start + .seconds(14)) == [])
        #expect(
            session.tick(at: start + .seconds(15)) == [.send("{\"error\":\"Handshake was canceled.\"}\u{1e}"), .close])
    }

    @Test("the server pings every 15 s, and closes the connection of a client that is silent for 30 s")
    func silence() throws {
        var session = openSession()
        #expect(session.tick(at: start + .seconds(14)) == [])
        #expect(session.tick(at: start + .seconds(15)) == [.send("{\"type\":6}\u{1e}")])
        #expect(session.tick(at: start + .seconds(16)) == [])
        #expect(session.received("{\"type\":6}\u{1e}", at: start + .seconds(20)) == [])
        #expect(session.tick(at: start + .seconds(49)) == [.send("{\"type\":6}\u{1e}")])
        let actions = session.tick(at: start + .seconds(50))
        guard case .send(let frame) = actions.first else { throw HubProtocolError(message: "nothing was said") }
        let close = try JSONValue(parsing: String(frame.text.dropLast()))
        #expect(close["type"] == 7 && close["allowReconnect"] == true && actions.last == .close)
    }

    @Test("at shutdown the close message permits reconnecting; before the handshake nothing is sent")
    func goingAway() {
        var session = openSession()
        #expect(
            session.end(allowReconnect: true) == [.send("{\"allowReconnect\":true,\"type\":7}\u{1e}"), .close])
        var unmet = self.session()
        #expect(unmet.end(allowReconnect: true) == [.close])
    }
}
