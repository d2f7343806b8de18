import Foundation
import TestPrograms
import Testing

@Suite("A chat server with sockets of its own")
struct ChatServerTests {
    // Sendable: it belongs to one test.
    /// A python-socketio server with its Redis manager.
    private final class ChatServer: @unchecked Sendable {
        private let script: Script
        let base: String

        init(_ redis: RedisServer) async throws {
            script = try Script(Python.script("chat_server.py"), [redis.url])
            let greeting = try #require(await script.object(), "the chat server said nothing")
            base = "http://127.0.0.1:\(try #require(greeting["port"] as? Int))"
        }

        deinit { script.terminate() }

        func emit(_ event: String, _ data: [String: Any], to room: String) throws {
            try script.say(JSONSerialization.data(withJSONObject: ["emit": event, "data": data, "room": room]))
        }

        func socket(in rooms: [String]) async throws -> SocketPeer {
            try await SocketPeer.connect(base: base, path: "socket.io", auth: ["rooms": rooms])
        }
    }

    @Test("python-socketio's sockets receive what is uploaded here, and what it emits reaches the sockets here")
    func python() async throws {
        let nodes = try TwoNodes(["DARKROOM_SOCKETIO_CLUSTER": "bananatalk=python,rooms=python"])
        let server = try await ChatServer(nodes.redis)
        let there = try await server.socket(in: ["bob"])
        let here = try await nodes.socket("bob", at: nodes.second)
        let ids = [try await nodes.text(), try await nodes.text()]
        for socket in [there, here] {
            for id in ids {
                let received = try await socket.next("newMessage")
                #expect((received["message"] as? [String: Any])?["_id"] as? String == id)
            }
        }
        try server.emit("newMessage", ["number": 1], to: "alice")
        try server.emit("newMessage", ["number": 2], to: "bob")
        #expect(try await here.next("newMessage")["number"] as? Int == 2)
        #expect(try await there.next("newMessage")["number"] as? Int == 2)
    }

    @Test("a conversation's room is the room of its ID; sockets here that have joined it receive what is emitted to it")
    func rooms() async throws {
        let nodes = try TwoNodes([
            "DARKROOM_SOCKETIO_CLUSTER": "rooms=python", "DARKROOM_SOCKETIO_ROOMS": "rooms.conversations=room:{id}",
        ])
        let server = try await ChatServer(nodes.redis)
        let (alice, bob) = try (nodes.first.token("alice"), nodes.first.token("bob"))
        let room = try await nodes.first.call(
            "POST", "/rooms/api/v1/chat/rooms", token: alice,
            json: #"{"name":"A room","type":"private","participants":["bob"],"activityId":"a1"}"#)
        let id = try #require((room.body["chatRoom"] as? [String: Any])?["_id"] as? String, "\(room.body)")
        let there = try await server.socket(in: ["room:\(id)"])
        let here = try await SocketPeer.connect(to: nodes.second, path: "rooms/socket.io")
        try await here.ask("authenticate", ["token": bob, "userId": "bob"], answer: "authenticated")
        try await here.ask("join_chat", ["chatRoomId": id], answer: "joined_chat")
        let sent = try await nodes.first.call(
            "POST", "/rooms/api/v1/chat/rooms/\(id)/messages", token: alice, json: #"{"type":"text","content":"Hello"}"#
        )
        for socket in [there, here] {
            let shown = try await socket.next("new_message")["message"] as? [String: Any]
            #expect(shown?["_id"] as? String == sent.data["_id"] as? String)
        }
        try server.emit("pinned", ["number": 1], to: "room:other")
        try server.emit("pinned", ["number": 2], to: "room:\(id)")
        #expect(try await here.next("pinned")["number"] as? Int == 2)
    }
}
