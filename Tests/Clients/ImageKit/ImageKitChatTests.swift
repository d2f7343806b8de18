import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("imagekit: chats")
struct ImageKitChatTests {
    private static var shape: [String: Any] {
        [
            "_id": "", "participants": [""], "status": "", "requestedBy": NSNull(), "acceptedAt": NSNull(),
            "lastMessage": NSNull(), "lastMessageAt": NSNull(), "lastMessageType": NSNull(), "lastSenderId": NSNull(),
            "unreadCount": [:] as [String: Any], "isArchived": false, "blockedBy": NSNull(), "createdAt": "",
            "updatedAt": "",
        ]
    }

    @Test(
        "a chat is asked for, found by both, granted, and used",
        .proves(
            .imagekit, "POST /chats/or-create", "GET /chats/requests", "POST /chats/:chatId/accept", "GET /chats/active"
        ))
    func request() async throws {
        let chat = try await ImageKitFixture()
        let asked = try await chat.call(
            "POST", "/api/chats/or-create", token: chat.ann, json: #"{"recipientId":"eve"}"#)
        #expect(asked.status == 201 && asked.body["status"] as? Int == 201)
        try chat.expectKeys(
            asked.body, ["status": 201, "message": "", "data": Self.shape], "#### 4. Create or Get Chat with User",
            after: "Response:")
        let id = try #require(asked.data["_id"] as? String)
        #expect(asked.data["status"] as? String == "pending" && asked.data["requestedBy"] as? String == "ann")
        let again = try await chat.call(
            "POST", "/api/chats/or-create", token: chat.eve, json: #"{"recipientId":"ann"}"#)
        #expect(again.data["_id"] as? String == id)

        let requests = try await chat.call("GET", "/api/chats/requests", token: chat.eve)
        try chat.expectKeys(
            requests.body, ["status": 200, "message": "", "data": [Self.shape]], "#### 1. Get Chat Requests (Pending)",
            after: "Response:")
        #expect(ids(requests) == [id])
        #expect(try await ids(chat.call("GET", "/api/chats/requests", token: chat.ann)) == [])
        #expect(try await ids(chat.call("GET", "/api/chats/active", token: chat.eve)) == [])
        #expect(try await chat.call("POST", "/api/chats/\(id)/accept", token: chat.ann).status == 403)
        let accepted = try await chat.call("POST", "/api/chats/\(id)/accept", token: chat.eve)
        try chat.expectKeys(
            accepted.body, ["status": 200, "message": "", "data": Self.shape], "#### 5. Accept Chat Request",
            after: "Response:")
        #expect(accepted.data["status"] as? String == "accepted" && accepted.data["acceptedAt"] is String)
        let active = try await chat.call("GET", "/api/chats/active?limit=50&page=1", token: chat.eve)
        try chat.expectKeys(
            active.body,
            [
                "status": 200, "message": "", "data": [Self.shape], "pagination": ["total": 1, "page": 1, "limit": 50],
            ], "#### 2. Get Active Chats", after: "Response:")
        #expect(ids(active) == [id])
        for wrong in [#"{"recipientId":"ann"}"#, "{}", #"{"recipientId":""}"#, #"{"recipientId":7}"#, "[]"] {
            let answer = try await chat.call("POST", "/api/chats/or-create", token: chat.ann, json: wrong)
            #expect(answer.status == 400, "\(wrong)")
        }
    }

    @Test(
        "messages are read back in pages, with what the chat is",
        .proves(.imagekit, "GET /chats/:chatId/messages", "GET /chats/:chatId", "GET /chats/user/:userId/history"))
    func pages() async throws {
        let chat = try await ImageKitFixture()
        let ann = try await chat.socket(chat.ann)
        for number in 1...3 {
            try await ann.ask(
                "send_message", ["chatId": ImageKitFixture.chat, "content": "\(number)"], answer: "send_message_success"
            )
        }
        let base = "/api/chats/\(ImageKitFixture.chat)"
        let page = try await chat.call("GET", base + "/messages?limit=2&page=1", token: chat.bob)
        try chat.expectKeys(
            page.body,
            [
                "status": 200, "message": "",
                "data": [
                    [
                        "_id": "", "chatId": "", "senderId": "", "receiverId": "", "content": "", "messageType": "",
                        "media": NSNull(), "isEdited": false, "editedAt": NSNull(), "readBy": [Any](),
                        "deletedBy": [Any](), "replyTo": NSNull(), "reactions": [Any](), "createdAt": "",
                        "updatedAt": "",
                    ] as [String: Any]
                ], "chatInfo": ["chatId": "", "status": "", "participants": [""]],
                "pagination": ["total": 3, "page": 1, "limit": 2],
            ], "#### 11. Get Chat Messages", after: "Response:")
        #expect((page.body["data"] as? [[String: Any]])?.map { $0["content"] as? String } == ["2", "3"])
        #expect(page.body["pagination"] as? [String: Int] == ["total": 3, "page": 1, "limit": 2])
        for wrong in ["page=0", "limit=-1", "page=x"] {
            #expect(try await chat.call("GET", base + "/messages?" + wrong, token: chat.bob).status == 400)
        }
        let details = try await chat.call("GET", base, token: chat.bob)
        try chat.expectKeys(
            details.body, ["status": 200, "message": "", "data": Self.shape.merging(["messageCount": 3]) { $1 }],
            "#### 3. Get Chat Details", after: "Response:")
        #expect(details.data["messageCount"] as? Int == 3 && details.data["lastMessage"] as? String == "3")
        #expect(details.data["unreadCount"] as? [String: Int] == ["ann": 0, "bob": 3])
        let history = try await chat.call("GET", "/api/chats/user/bob/history?limit=5", token: chat.bob)
        try chat.expectKeys(
            history.body,
            [
                "status": 200, "message": "", "data": [Self.shape.merging(["messageCount": 3]) { $1 }],
                "pagination": ["total": 1, "page": 1, "limit": 5],
            ], "#### 13. Get User Chat History", after: "Response:")
    }

    @Test(
        "messages are found by their words; a chat that a user deletes is gone for them until the next message",
        .proves(.imagekit, "GET /chats/:chatId/search", "DELETE /chats/:chatId"))
    func searchAndDelete() async throws {
        let chat = try await ImageKitFixture()
        let ann = try await chat.socket(chat.ann)
        for words in ["The Cat", "a dog", "100% cat's", "Grüße ÄRGER"] {
            try await ann.ask(
                "send_message", ["chatId": ImageKitFixture.chat, "content": words], answer: "send_message_success")
        }
        let base = "/api/chats/\(ImageKitFixture.chat)"
        let found = try await chat.call("GET", base + "/search?q=cat&limit=20&page=1", token: chat.bob)
        try chat.expectKeys(
            found.body,
            [
                "status": 200, "message": "", "data": [["_id": "", "content": ""]],
                "pagination": ["total": 2, "page": 1, "limit": 20],
            ], "#### 12. Search Chat Messages", after: "Response:")
        let words = { (answer: Answer) in
            (answer.body["data"] as? [[String: Any]])?.compactMap { $0["content"] as? String }
        }
        #expect(words(found) == ["The Cat", "100% cat's"])
        #expect(try await words(chat.call("GET", base + "/search?q=%25", token: chat.bob)) == ["100% cat's"])
        #expect(try await words(chat.call("GET", base + "/search?q=cat%20the", token: chat.bob)) == ["The Cat"])
        #expect(try await words(chat.call("GET", base + "/search?q=%C3%A4rger", token: chat.bob)) == ["Grüße ÄRGER"])
        #expect(try await chat.call("GET", base + "/search?q=%20", token: chat.bob).status == 400)
        #expect(try await chat.call("GET", base + "/search", token: chat.bob).status == 400)

        let deleted = try await chat.call("DELETE", base, token: chat.bob)
        try chat.expectKeys(deleted.body, ["status": 200, "message": ""], "#### 10. Delete Chat", after: "Response:")
        #expect(try await ids(chat.call("GET", "/api/chats/active", token: chat.bob)) == [])
        #expect(try await ids(chat.call("GET", "/api/chats/active", token: chat.ann)) == [ImageKitFixture.chat])
        #expect(try await words(chat.call("GET", base + "/search?q=cat", token: chat.bob)) == [])
        #expect(try await words(chat.call("GET", base + "/messages", token: chat.ann))?.count == 4)
        try await ann.ask(
            "send_message", ["chatId": ImageKitFixture.chat, "content": "again"], answer: "send_message_success")
        let active = try await chat.call("GET", "/api/chats/active", token: chat.bob)
        #expect(ids(active) == [ImageKitFixture.chat])
        let unread = (active.body["data"] as? [[String: Any]])?.first?["unreadCount"] as? [String: Int]
        #expect(unread == ["ann": 0, "bob": 1])
        #expect(try await words(chat.call("GET", base + "/messages", token: chat.bob)) == ["again"])
    }

    @Test(
        "a chat that is blocked or rejected accepts no messages; an archived one is hidden from the user's own list alone",
        .proves(
            .imagekit, "POST /chats/:chatId/block", "POST /chats/:chatId/unblock", "POST /chats/:chatId/archive",
            "POST /chats/:chatId/reject"))
    func statusChanges() async throws {
        let chat = try await ImageKitFixture()
        let base = "/api/chats/\(ImageKitFixture.chat)"
        let ann = try await chat.socket(chat.ann)
        let words: [String: Any] = ["chatId": ImageKitFixture.chat, "content": "x"]
        let file = try #require(try await chat.upload("image/orientation-1.jpg", token: chat.ann).data["fileId"])
        let sent = try await ann.ask("send_message", words, answer: "send_message_success")
        let named: [String: Any] = ["chatId": ImageKitFixture.chat, "messageId": try #require(sent["messageId"])]
        let blocked = try await chat.call("POST", base + "/block", token: chat.bob)
        try chat.expectKeys(blocked.body, ["status": 200, "message": ""], "#### 7. Block User", after: "Response: ")
        let seen = try await chat.call("GET", base, token: chat.ann).data
        #expect(seen["status"] as? String == "blocked" && seen["blockedBy"] as? String == "bob")
        try await ann.ask("send_message", words, answer: "error")
        try await ann.ask("send_media", words.merging(["media": ["fileId": file]]) { $1 }, answer: "error")
        try await ann.ask("typing", words, answer: "error")
        try await ann.ask("edit_message", named.merging(["newContent": "y"]) { $1 }, answer: "error")
        try await ann.ask("add_reaction", named.merging(["emoji": "👍"]) { $1 }, answer: "error")
        #expect(try await chat.upload("image/orientation-1.jpg", token: chat.ann).status == 403)
        // It stays blocked when the chat server provisions it again.
        try await chat.service.putConversation(ImageKitFixture.chat, dialect: "imagekit", members: ["ann", "bob"])
        try await ann.ask("send_message", words, answer: "error")
        let foreign = try await chat.call("POST", base + "/unblock", token: chat.ann)
        #expect(foreign.status == 403)
        try chat.expectKeys(foreign.body, ["status": 403, "message": "", "error": ""], "## Error Handling")
        let unblocked = try await chat.call("POST", base + "/unblock", token: chat.bob)
        try chat.expectKeys(
            unblocked.body, ["status": 200, "message": ""], "#### 8. Unblock User", after: "Response: ")
        try await ann.ask("send_message", words, answer: "send_message_success")

        let archived = try await chat.call("POST", base + "/archive", token: chat.ann)
        try chat.expectKeys(
            archived.body, ["status": 200, "message": "", "data": Self.shape], "#### 9. Archive/Unarchive Chat",
            after: "Response:")
        #expect(archived.data["isArchived"] as? Bool == true)
        #expect(try await ids(chat.call("GET", "/api/chats/active", token: chat.ann)) == [])
        #expect(try await ids(chat.call("GET", "/api/chats/active", token: chat.bob)) == [ImageKitFixture.chat])
        let whole = "/api/chats/user/ann/history?includeArchived=true"
        #expect(try await ids(chat.call("GET", whole, token: chat.ann)) == [ImageKitFixture.chat])
        #expect(try await chat.call("POST", base + "/archive", token: chat.ann).data["isArchived"] as? Bool == false)

        let asked = try await chat.call(
            "POST", "/api/chats/or-create", token: chat.ann, json: #"{"recipientId":"eve"}"#)
        let id = try #require(asked.data["_id"] as? String)
        let rejected = try await chat.call("POST", "/api/chats/\(id)/reject", token: chat.eve)
        try chat.expectKeys(
            rejected.body, ["status": 200, "message": ""], "#### 6. Reject Chat Request", after: "Response: ")
        try await ann.ask("send_message", ["chatId": id, "content": "x"], answer: "error")
    }

    @Test(
        "chats and messages have every field of the reference's models",
        .proves(.imagekit, "GET /chats/:chatId", "GET /chats/:chatId/messages"))
    func models() async throws {
        let chat = try await ImageKitFixture()
        let asked = try await chat.call(
            "POST", "/api/chats/or-create", token: chat.ann, json: #"{"recipientId":"eve"}"#)
        let id = try #require(asked.data["_id"] as? String)
        #expect(try await chat.call("POST", "/api/chats/\(id)/accept", token: chat.eve).status == 200)
        let ann = try await chat.socket(chat.ann)
        let eve = try await chat.socket(chat.eve)
        let sent = try await ann.ask("send_message", ["chatId": id, "content": "one"], answer: "send_message_success")
        let named: [String: Any] = ["chatId": id, "messageId": try #require(sent["messageId"])]
        try await ann.ask("edit_message", named.merging(["newContent": "two"]) { $1 }, answer: "edit_success")
        try await eve.ask("add_reaction", named.merging(["emoji": "👍"]) { $1 }, answer: "reaction_success")
        try await eve.ask("mark_as_read", ["chatId": id], answer: "read_success")
        let reply: [String: Any] = ["chatId": id, "content": "three", "replyToId": try #require(sent["messageId"])]
        let replied = try await eve.ask("send_message", reply, answer: "send_message_success")
        let file = try #require(try await chat.upload("video/short.mp4", token: chat.ann, chat: id).data["fileId"])
        try await ann.ask("send_media", ["chatId": id, "media": ["fileId": file]], answer: "send_media_success")
        let answer: [String: Any] = ["chatId": id, "messageId": try #require(replied["messageId"])]
        try await eve.ask("delete_message", answer, answer: "delete_success")
        let messages = try await chat.call("GET", "/api/chats/\(id)/messages", token: chat.ann).body["data"] as? [Any]
        let unseen = try ExpectedKeys.unseen(in: messages ?? [], .imagekit, under: "### Message Model (MongoDB)")
        #expect(unseen == [])
        #expect(try await chat.call("POST", "/api/chats/\(id)/block", token: chat.eve).status == 200)
        let shown = try await chat.call("GET", "/api/chats/\(id)", token: chat.ann).data
        let unseenOfChat = try ExpectedKeys.unseen(in: [shown], .imagekit, under: "### Chat Model (MongoDB)")
        #expect(unseenOfChat == [])
    }

    private func ids(_ answer: Answer) -> [String] {
        (answer.body["data"] as? [[String: Any]] ?? []).compactMap { $0["_id"] as? String }
    }
}
