import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("imagekit: outsiders are rejected")
struct ImageKitAccessTests {
    @Test("a user who is not in the chat, or has no valid token, reads and changes nothing of it by any call")
    func calls() async throws {
        let chat = try await ImageKitFixture()
        let base = "/api/chats/\(ImageKitFixture.chat)"
        let own = [
            ("GET", base), ("GET", base + "/messages"), ("POST", base + "/accept"), ("POST", base + "/reject"),
            ("POST", base + "/block"), ("POST", base + "/unblock"), ("POST", base + "/archive"),
            ("GET", "/api/chats/user/ann/history"),
            ("DELETE", base), ("GET", base + "/search?q=x"),
        ]
        for (method, path) in own {
            let response = try await chat.call(method, path, token: chat.eve)
            #expect(response.status == 403, "\(method) \(path): \(response.body)")
            try chat.expectKeys(response.body, ["status": 403, "message": "", "error": ""])
            #expect(response.body["data"] == nil && response.body["chatInfo"] == nil)
        }
        let all =
            own + [("GET", "/api/chats/active"), ("GET", "/api/chats/requests"), ("POST", "/api/chats/or-create")]
        for (method, path) in all {
            for token in [nil, "forged"] {
                let response = try await chat.call(method, path, token: token, json: method == "POST" ? "{}" : nil)
                #expect(response.status == 401, "\(method) \(path)")
                try chat.expectKeys(response.body, ["status": 401, "message": "", "error": ""])
            }
        }
        for list in ["active", "requests"] {
            let response = try await chat.call("GET", "/api/chats/\(list)", token: chat.eve)
            #expect(response.status == 200 && (response.body["data"] as? [Any])?.isEmpty == true)
        }
        #expect(try await chat.call("GET", base, token: chat.ann).data["status"] as? String == "auto_accepted")
        let unknown = try await chat.call("GET", "/api/nothing", token: chat.ann)
        #expect(unknown.status == 404)
        try chat.expectKeys(unknown.body, ["status": 404, "message": "", "error": ""])
    }

    @Test("a user who is not in the chat is answered by an error to every event, and receives nothing of it")
    func events() async throws {
        let chat = try await ImageKitFixture()
        let (ann, bob) = (try await chat.joined(chat.ann), try await chat.joined(chat.bob))
        let eve = try await chat.socket(chat.eve)
        let file = try #require(try await chat.upload("image/orientation-1.jpg", token: chat.ann).data["fileId"])
        let sent = try await ann.ask(
            "send_message", ["chatId": ImageKitFixture.chat, "content": "ours"], answer: "send_message_success")
        let message: [String: Any] = ["chatId": ImageKitFixture.chat, "messageId": try #require(sent["messageId"])]
        let tried: [(String, [String: Any])] = [
            ("join_chat", [:]), ("send_message", ["content": "x"]), ("send_media", ["media": ["fileId": file]]),
            ("mark_as_read", ["messageIds": [sent["messageId"] ?? ""]]), ("typing", [:]), ("stop_typing", [:]),
            ("edit_message", ["newContent": "x"]), ("delete_message", [:]), ("add_reaction", ["emoji": "👍"]),
            ("remove_reaction", ["emoji": "👍"]),
        ]
        for (event, data) in tried {
            try await eve.ask(event, message.merging(data) { $1 }, answer: "error")
        }
        // The same through a chat that she is a member of: the object named must belong to that chat.
        try await chat.service.putConversation("eves", dialect: "imagekit", members: ["eve", "mallory"])
        for (event, data) in tried.dropFirst(6) {
            try await eve.ask(event, message.merging(data) { $1 }.merging(["chatId": "eves"]) { $1 }, answer: "error")
        }
        try await eve.ask("send_media", ["chatId": "eves", "media": ["fileId": file]], answer: "error")
        try await eve.ask(
            "send_message", ["chatId": "eves", "content": "x", "replyToId": message["messageId"] ?? ""], answer: "error"
        )
        // Bob has received the event, and a later response of the server shows that she has not.
        #expect(try await bob.next("message_received")["content"] as? String == "ours")
        try await eve.ask("leave_chat", ["chatId": ImageKitFixture.chat], answer: "leave_chat_success")
        #expect(eve.others.isEmpty)
        let page = try await chat.call("GET", "/api/chats/\(ImageKitFixture.chat)/messages", token: chat.ann)
        let messages = try #require(page.body["data"] as? [[String: Any]])
        #expect(messages.count == 1 && messages[0]["content"] as? String == "ours")
        #expect(
            (messages[0]["reactions"] as? [Any])?.isEmpty == true && (messages[0]["readBy"] as? [Any])?.isEmpty == true)
        #expect(try await chat.service.leftovers(of: "messages", awaiting: 1) == 1)
    }

    @Test("a file can be sent only by its uploader, in the chat that it was uploaded for, by its own URL")
    func files() async throws {
        let chat = try await ImageKitFixture()
        let uploaded = try await chat.upload("image/orientation-1.jpg", token: chat.ann).data
        let (file, url) = (try #require(uploaded["fileId"]), try #require(uploaded["url"] as? String))
        try await chat.service.putConversation("other", dialect: "imagekit", members: ["ann", "bob", "eve"])
        let (ann, bob) = (try await chat.socket(chat.ann), try await chat.socket(chat.bob))
        func media(_ media: [String: Any], in id: String = ImageKitFixture.chat) -> [String: Any] {
            ["chatId": id, "messageType": "image", "media": media]
        }
        try await bob.ask("send_media", media(["fileId": file]), answer: "error")
        try await ann.ask("send_media", media(["fileId": file], in: "other"), answer: "error")
        try await ann.ask("send_media", media(["fileId": file, "url": "https://evil.example/x.jpg"]), answer: "error")
        try await ann.ask("send_media", media(["url": url]), answer: "error")
        try await ann.ask("send_media", media(["fileId": "64b0000000000000000000ff", "url": url]), answer: "error")
        #expect(try await chat.service.leftovers(of: "messages", awaiting: 0) == 0)
        try await ann.ask("send_media", media(["fileId": file, "url": url]), answer: "send_media_success")
    }

    @Test("a user who was removed from a chat receives and reads nothing of it any more")
    func removed() async throws {
        let chat = try await ImageKitFixture()
        try await chat.service.putConversation(
            ImageKitFixture.chat, dialect: "imagekit", members: ["ann", "bob", "eve"])
        let (ann, bob, eve) = (
            try await chat.joined(chat.ann), try await chat.joined(chat.bob), try await chat.joined(chat.eve)
        )
        let file = try #require(try await chat.upload("image/orientation-1.jpg", token: chat.ann).data["fileId"])
        try await chat.service.putConversation(ImageKitFixture.chat, dialect: "imagekit", members: ["ann", "bob"])
        try ann.emit("typing", ["chatId": ImageKitFixture.chat])
        try await ann.ask(
            "send_message", ["chatId": ImageKitFixture.chat, "content": "alone"], answer: "send_message_success")
        #expect(try await bob.next("message_received")["content"] as? String == "alone")
        _ = try await bob.next("user_typing")
        try await eve.ask("send_message", ["chatId": ImageKitFixture.chat, "content": "x"], answer: "error")
        #expect(Set(eve.others).isSubset(of: ["user_online"]))
        for path in ["/api/chats/\(ImageKitFixture.chat)", "/api/chats/\(ImageKitFixture.chat)/messages"] {
            #expect(try await chat.call("GET", path, token: chat.eve).status == 403)
        }
        #expect(try await chat.call("GET", "/api/media/\(file)/metadata", token: chat.eve).status == 404)
    }

    @Test("without a token, with a forged one and with the chat server's own a socket is rejected")
    func sockets() async throws {
        let chat = try await ImageKitFixture()
        let serviceToken = try chat.service.serviceToken()
        for auth in [nil, ["token": "forged"], ["token": serviceToken]] {
            let rejection = try await SocketPeer.rejection(by: chat.service, path: "imagekit/socket.io", auth: auth)
            #expect((rejection as? [String: Any])?["message"] is String, "\(rejection ?? "let in")")
        }
    }

    @Test("what is said in a chat of this system is never found in another's, though their chats have one id")
    func otherDialects() async throws {
        let chat = try await ImageKitFixture()
        try await chat.service.putConversation(ImageKitFixture.chat, dialect: "bananatalk", members: ["ann", "bob"])
        let bob = try await SocketPeer.connect(
            to: chat.service, path: "bananatalk/socket.io", auth: ["token": chat.bob])
        _ = try await bob.next("userStatusUpdate")
        let (ann, here) = (try await chat.joined(chat.ann), try await chat.joined(chat.bob))
        try await ann.ask(
            "send_message", ["chatId": ImageKitFixture.chat, "content": "here"], answer: "send_message_success")
        _ = try await here.next("message_received")
        let there = try await chat.service.call(
            "GET", "/bananatalk/api/v1/messages/conversation/ann/bob", token: chat.bob)
        #expect(there.status == 200 && (there.body["data"] as? [Any])?.isEmpty == true)
        try bob.emit("getUserStatus", ["userId": "ann"])
        #expect(Set(bob.others).isDisjoint(with: ["newMessage", "message_received", "unread_message"]))
    }
}
