import JSON
import MessagePack
import Testing

@testable import Cluster

@Suite("Messages of chat servers")
struct ChatServerMessageTests {
    /// What `@socket.io/redis-emitter` publishes for `io.to("room-1").emit("message", {id: "m1"})`, written by hand from its
    /// source.
    private static let emitted =
        "93a7656d697474657283a47479706502a46461746192a76d65737361676581a26964a26d31a36e7370a12f83a5726f6f6d7391a6726f6f6d2d31a5666c61677380a665786365707490"
    private static let emission = RoomEmission(event: "message", arguments: [["id": "m1"]], rooms: ["room-1"])

    private func bytes(_ digits: String) -> [UInt8] {
        stride(from: 0, to: digits.utf8.count, by: 2).map { offset in
            UInt8(digits.dropFirst(offset).prefix(2), radix: 16) ?? 0
        }
    }

    @Test("an event is published as the emitter of Node publishes it")
    func nodeEmitter() {
        #expect(NodeAdapterMessage.channel("socket.io", rooms: ["room-1"]) == "socket.io#/#room-1#")
        #expect(NodeAdapterMessage.encode(Self.emission, from: "emitter") == bytes(Self.emitted))
    }

    @Test("several rooms, or none, share the namespace's channel, and the adapter's pattern matches them all")
    func channels() {
        #expect(NodeAdapterMessage.channel("socket.io", rooms: []) == "socket.io#/#")
        #expect(NodeAdapterMessage.channel("socket.io", rooms: ["a", "b"]) == "socket.io#/#")
        #expect(NodeAdapterMessage.channels("socket.io") == "socket.io#/#*")
        #expect(NodeAdapterMessage.channels("a*[b]") == "a\\*\\[b\\]#/#*")
    }

    @Test("an event of the adapter is read with its rooms and exceptions")
    func nodeEvents() throws {
        #expect(try NodeAdapterMessage.decode(bytes(Self.emitted), ignoring: "own") == Self.emission)
        var emission = Self.emission
        (emission.rooms, emission.except, emission.arguments) = (["a", "b"], ["c"], [1, nil])
        let encoded = NodeAdapterMessage.encode(emission, from: "node-1")
        #expect(try NodeAdapterMessage.decode(encoded, ignoring: "own") == emission)
        #expect(try NodeAdapterMessage.decode(encoded, ignoring: "node-1") == nil)
    }

    @Test("other packets, and those of other namespaces, are no events")
    func nodeOthers() throws {
        let packets: [JSONValue] = [
            ["type": 3, "data": ["x"], "nsp": "/"], ["type": 2, "data": ["x"], "nsp": "/admin"],
            ["type": 2, "data": [], "nsp": "/"], ["type": 2, "data": [5], "nsp": "/"], [:],
        ]
        for packet in packets {
            var writer = MessagePackWriter()
            writer.write(["node-1", packet, ["rooms": [], "except": []]])
            #expect(try NodeAdapterMessage.decode(writer.bytes, ignoring: "own") == nil)
        }
    }

    @Test("an event is published as python-socketio's manager publishes it")
    func pythonManager() throws {
        let message = try JSONValue(parsing: PythonManagerMessage.encode(Self.emission, from: "here"))
        #expect(
            message == [
                "method": "emit", "event": "message", "data": ["id": "m1"], "binary": false, "namespace": "/",
                "room": "room-1", "skip_sid": nil, "callback": nil, "host_id": "here",
            ])
        #expect(PythonManagerMessage.decode(message.encoded(), ignoring: "own") == .emission(Self.emission))
        #expect(PythonManagerMessage.decode(message.encoded(), ignoring: "here") == .other)
    }

    @Test("events of python-socketio have one room, several or none, and perhaps no data")
    func pythonEvents() {
        func decoded(_ text: String) -> PythonManagerMessage.Content {
            PythonManagerMessage.decode(Array(text.utf8), ignoring: "own")
        }
        #expect(
            decoded(#"{"method":"emit","event":"e","data":null,"room":["a","b"],"skip_sid":"s","host_id":"h"}"#)
                == .emission(RoomEmission(event: "e", arguments: [], rooms: ["a", "b"], except: ["s"])))
        #expect(
            decoded(#"{"method":"emit","event":"e","data":[1,2],"namespace":"/","room":null,"host_id":"h"}"#)
                == .emission(RoomEmission(event: "e", arguments: [[1, 2]], rooms: [])))
        #expect(decoded(#"{"method":"emit","event":"e","data":1,"namespace":"/admin","host_id":"h"}"#) == .other)
        #expect(decoded(#"{"method":"emit","event":"e","data":["",""],"binary":true,"host_id":"h"}"#) == .other)
        #expect(decoded(#"{"method":"disconnect","sid":"s","namespace":"/","host_id":"h"}"#) == .other)
    }

    @Test("a pickle is not read")
    func pickle() {
        // pickle.dumps({"method": "emit"})
        let bytes = bytes("80049515000000000000007d948c066d6574686f64948c04656d697494732e")
        #expect(PythonManagerMessage.decode(bytes, ignoring: "own") == .unreadable)
    }

    @Test("a room's name contains the ID")
    func templates() {
        let rooms = RoomTemplate("user:{id}!")
        #expect(rooms.room(of: "bob") == "user:bob!")
        #expect(rooms.id(in: "user:bob!") == "bob")
        #expect(rooms.id(in: "user:!") == nil && rooms.id(in: "bob") == nil && rooms.id(in: "user:bob") == nil)
        #expect(RoomTemplate("{id}").id(in: "bob") == "bob")
    }
}
