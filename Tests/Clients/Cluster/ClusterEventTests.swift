import Foundation
import TestPrograms
import Testing

@Suite("Two nodes: events")
struct ClusterEventTests {
    @Test("what is uploaded at one node reaches the sockets of every chat system at the other")
    func uploads() async throws {
        let nodes = try TwoNodes()
        let (alice, bob) = try (nodes.first.token("alice"), nodes.first.token("bob"))

        let socket = try await nodes.socket("bob", at: nodes.second)
        let voice = try await nodes.first.call(
            "POST", "/bananatalk/api/v1/messages/voice", token: alice, fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("voice/voice.m4a")])
        let id = try #require(voice.data["_id"] as? String, "\(voice.body)")
        let received = try await socket.next("newMessage")
        #expect((received["message"] as? [String: Any])?["_id"] as? String == id)
        _ = try await socket.next("newVoiceMessage")

        let chat = "64b000000000000000000001"
        try await nodes.first.putConversation(chat, dialect: "imagekit", members: ["alice", "bob"])
        let joined = try await SocketPeer.connect(
            to: nodes.second, path: "imagekit/socket.io", auth: ["token": bob])
        try await joined.ask("join_chat", ["chatId": chat], answer: "join_chat_success")
        let sender = try await SocketPeer.connect(
            to: nodes.first, path: "imagekit/socket.io", auth: ["token": alice])
        try await sender.ask("join_chat", ["chatId": chat], answer: "join_chat_success")
        try sender.emit("typing", ["chatId": chat])
        #expect(try await joined.next("user_typing")["userId"] as? String == "alice")
        let sent = try await sender.ask(
            "send_message", ["chatId": chat, "content": "Hello"], answer: "send_message_success")
        let arrived = try await joined.next("message_received")
        #expect(arrived["messageId"] as? String == sent["messageId"] as? String, "\(arrived)")

        let room = try await nodes.first.call(
            "POST", "/rooms/api/v1/chat/rooms", token: alice,
            json: #"{"name":"A room","type":"private","participants":["bob"],"activityId":"a1"}"#)
        let roomID = try #require((room.body["chatRoom"] as? [String: Any])?["_id"] as? String, "\(room.body)")
        let visitor = try await SocketPeer.connect(to: nodes.second, path: "rooms/socket.io")
        try await visitor.ask("authenticate", ["token": bob, "userId": "bob"], answer: "authenticated")
        try await visitor.ask("join_chat", ["chatRoomId": roomID], answer: "joined_chat")
        let file = try await nodes.first.call(
            "POST", "/rooms/api/v1/chat/rooms/\(roomID)/messages/media", token: alice, fields: ["type": "image"],
            files: ["file": try Sample.file("image/orientation-1.jpg")])
        let shown = try await visitor.next("new_message")
        #expect((shown["message"] as? [String: Any])?["_id"] as? String == file.data["_id"] as? String)
        // Written to a socket of the other node, it is delivered, as both nodes say.
        for node in [nodes.first, nodes.second] {
            try await eventually("the message is delivered") {
                let list = try await node.call("GET", "/rooms/api/v1/chat/rooms/\(roomID)/messages", token: alice)
                let last = (list.body["messages"] as? [[String: Any]])?.last
                return last?["status"] as? String == "delivered"
            }
        }
    }

    @Test("the sockets of a user who is deleted at one node end at the other")
    func deletedUser() async throws {
        let nodes = try TwoNodes()
        let registered = try await nodes.first.call(
            "POST", "/intok/api/auth/register", token: nil,
            json: #"{"email":"ann@example.org","password":"secret-1","username":"ann"}"#)
        let token = try #require(registered.body["accessToken"] as? String, "\(registered.body)")
        let user = try #require((registered.body["user"] as? [String: Any])?["id"] as? String)
        let plain = try await IntokClient.connect(to: nodes.second, token: token)
        let socket = try await SocketPeer.connect(
            to: nodes.second, path: "bananatalk/socket.io", auth: ["token": token])
        let deleted = try await nodes.first.call(
            "DELETE", "/v1/users/\(user)", token: try nodes.first.serviceToken())
        #expect(deleted.status == 204)
        #expect(try await plain.next("error")["code"] as? String == "UNAUTHORIZED")
        #expect(try await plain.closeCode() == 1000)
        await socket.end()
    }

    @Test("a plain socket and a hub receive what is sent at the other node, and the delivery to a hub is recorded")
    func otherProtocols() async throws {
        let nodes = try TwoNodes()
        let (ann, bob) = try (nodes.first.token("ann"), nodes.first.token("bob"))
        for user in ["ann", "bob"] {
            let answer = try await nodes.first.call(
                "PUT", "/v1/users/\(user)", token: try nodes.first.serviceToken(), json: #"{"name":"\#(user)"}"#)
            try #require(answer.status == 201)
        }
        try await nodes.first.putConversation("conv_1", dialect: "intok", members: ["ann", "bob"])
        let plain = try await IntokClient.connect(to: nodes.second, token: bob)
        let sender = try await IntokClient.connect(to: nodes.first, token: ann)
        try sender.send("message:send", ["conversationId": "conv_1", "content": "Hello", "type": "text"])
        #expect(try await plain.nextMessage()["conversationId"] as? String == "conv_1")

        let hub = try await HubClient.connect(to: nodes.second, token: bob, until: 1, of: "MessageReceived")
        let direct = try await nodes.first.call(
            "POST", "/signalr/api/v1/conversations/direct", token: ann, json: #"{"participantId":"bob"}"#)
        let conversation = try #require(direct.data["_id"] as? String, "\(direct.body)")
        let path = "/signalr/api/v1/conversations/\(conversation)/messages"
        let sent = try await nodes.first.call("POST", path, token: ann, json: #"{"content":"Hello"}"#)
        let message = try #require(await hub.finish().arguments(of: "MessageReceived").first?.first as? [String: Any])
        #expect(message["_id"] as? String == sent.data["_id"] as? String)
        try await eventually("the delivery is recorded") {
            let list = try await nodes.first.call("GET", path, token: ann)
            let text = String(decoding: try JSONSerialization.data(withJSONObject: list.body), as: UTF8.self)
            return text.contains(#""deliveredTo":[{"#)
        }
    }

    @Test(
        "while Redis is away messages are delivered on their node; when it is back, the other node's sockets get them in order"
    )
    func outage() async throws {
        let nodes = try TwoNodes()
        let here = try await nodes.socket("bob", at: nodes.first)
        let there = try await nodes.socket("bob", at: nodes.second)
        var ids = [try await nodes.text()]
        for socket in [here, there] {
            #expect((try await socket.next("newMessage")["message"] as? [String: Any])?["_id"] as? String == ids[0])
        }
        nodes.redis.stop()
        for number in 0..<3 {
            ids.append(try await nodes.text("while away \(number)"))
            let received = try await here.next("newMessage")["message"] as? [String: Any]
            #expect(received?["_id"] as? String == ids.last)
        }
        try await eventually("the nodes say so, and are ready") {
            let answer = try await nodes.first.call("GET", "/readyz", token: nil)
            return answer.status == 200 && answer.body["redis"] as? String == "unavailable"
        }
        try nodes.redis.restart()
        for id in ids.dropFirst() {
            #expect((try await there.next("newMessage")["message"] as? [String: Any])?["_id"] as? String == id)
        }
        try await eventually("the nodes say that it is back") {
            try await nodes.first.call("GET", "/readyz", token: nil).body["redis"] as? String == "ok"
        }
    }
}
