import ChatTestSupport
import JSON
import Testing

@testable import Realtime

struct SocketIOConnectionTests {
    typealias Action = SocketIOConnection.Action
    let start = ContinuousClock.now

    func connection() -> SocketIOConnection {
        SocketIOConnection(configuration: EngineIOConfiguration(), at: start)
    }

    func connected() -> SocketIOConnection {
        var connection = connection()
        _ = connection.received(.text("0"))
        _ = connection.accepted("/", id: "s1")
        return connection
    }

    @Test("a client connects with its auth object and receives its id")
    func connect() {
        var connection = connection()
        #expect(connection.received(.text(#"0{"token":"123"}"#)) == [.decide(namespace: "/", auth: ["token": "123"])])
        let response = connection.accepted("/", id: "wZX3oN0bSVIhsaknAAAI")
        #expect(response == [.send(SocketIOPacket(kind: .connect, data: ["sid": "wZX3oN0bSVIhsaknAAAI"]))])
        #expect(connection.isConnected(to: "/"))
    }

    @Test("a client that is rejected receives the reason, and may try again")
    func rejected() {
        var connection = connection()
        _ = connection.received(.text("0"))
        #expect(
            connection.rejected("/", message: "Not authorized")
                == [.send(SocketIOPacket(kind: .connectError, data: ["message": "Not authorized"]))])
        #expect(connection.received(.text("0")) == [.decide(namespace: "/", auth: .null)])
    }

    @Test("a namespace that is not there is an invalid one")
    func invalidNamespace() {
        var connection = connection()
        #expect(
            connection.received(.text("0/random"))
                == [
                    .send(
                        SocketIOPacket(
                            kind: .connectError, namespace: "/random", data: ["message": "Invalid namespace"]))
                ])
    }

    @Test("anything before CONNECT ends the session", arguments: ["2[\"hey\"]", "31[]", "abc", "2/admin,[\"hey\"]"])
    func connectFirst(text: String) {
        var connection = connection()
        #expect(connection.received(.text(text)) == [.close(.parseError)])
    }

    @Test("an event before the decision ends the session")
    func eventBeforeDecision() {
        var connection = connection()
        _ = connection.received(.text("0"))
        #expect(connection.received(.text("2[\"hey\"]")) == [.close(.parseError)])
    }

    @Test("a client that does not connect within 10 s is dropped; one that did is not")
    func connectTimeout() {
        #expect(connection().tick(at: start + .seconds(9)) == [])
        #expect(connection().tick(at: start + .seconds(10)) == [.close(.forced)])
        #expect(connected().tick(at: start + .seconds(10)) == [])
    }

    @Test("events come with their acknowledgement's id and their attachments")
    func events() {
        var connection = connected()
        #expect(
            connection.received(.text(#"212["foo",{"a":1}]"#))
                == [.event(namespace: "/", SocketIOEvent(name: "foo", arguments: [["a": 1]]), id: 12)])
        #expect(connection.received(.text(#"51-["baz",{"_placeholder":true,"num":0}]"#)) == [])
        let event = SocketIOEvent(name: "baz", arguments: [["_placeholder": true, "num": 0]], attachments: [[9]])
        #expect(connection.received(.binary([9])) == [.event(namespace: "/", event, id: nil)])
    }

    @Test("a client leaves, and may come back")
    func disconnect() {
        var connection = connected()
        #expect(connection.received(.text("1")) == [.disconnected(namespace: "/")])
        #expect(connection.received(.text("1")) == [])
        #expect(connection.received(.text("0")) == [.decide(namespace: "/", auth: .null)])
    }

    @Test("a client is put out")
    func disconnected() {
        var connection = connected()
        #expect(
            connection.disconnect("/")
                == [.send(SocketIOPacket(kind: .disconnect)), .disconnected(namespace: "/")])
        #expect(connection.disconnect("/") == [])
    }

    @Test("connecting twice is connecting once")
    func twice() {
        var connection = connected()
        #expect(connection.received(.text("0")) == [])
    }
}
