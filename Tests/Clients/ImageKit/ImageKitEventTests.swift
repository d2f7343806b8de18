import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("imagekit: events")
struct ImageKitEventTests {
    @Test(
        "a file goes to the chat with what was stored of it, whatever the client claims",
        .proves(
            .imagekit, "event join_chat", "event join_chat_success", "event send_media", "event send_media_success",
            "event media_received"),
        arguments: [("image/orientation-6.jpg", "image"), ("video/short.mp4", "video"), ("voice/voice.mp3", "file")])
    func media(sample: String, type: String) async throws {
        let chat = try await ImageKitFixture()
        let uploaded = try await chat.upload(sample, token: chat.ann).data
        let ann = try await chat.socket(chat.ann)
        let joined = try await ann.ask("join_chat", ["chatId": ImageKitFixture.chat], answer: "join_chat_success")
        try chat.expectKeys(
            joined, ["chatId": "", "message": ""], "#### 1. Join Chat Room", after: "join_chat_success\",")
        let bob = try await chat.joined(chat.bob)
        let claim: [String: Any] = [
            "chatId": ImageKitFixture.chat, "messageType": "file",
            "media": [
                "url": try #require(uploaded["url"]), "fileId": try #require(uploaded["fileId"]),
                "fileName": "other.exe", "fileSize": 1, "mimeType": "text/html", "duration": 9_999,
            ],
        ]
        let sent = try await ann.ask("send_media", claim, answer: "send_media_success")
        try chat.expectKeys(
            sent, ["messageId": "", "timestamp": ""], "#### 4. Send Media Message", after: "send_media_success\",")
        for socket in [ann, bob] {
            let received = try await socket.next("media_received")
            try chat.expectKeys(
                received,
                [
                    "messageId": "", "chatId": "", "senderId": "", "receiverId": "", "messageType": "",
                    "media": ["url": "", "fileId": "", "fileName": "", "fileSize": 1, "mimeType": ""], "createdAt": "",
                    "replyTo": NSNull(),
                ], "#### 2. Media Received")
            #expect(received["messageId"] as? String == sent["messageId"] as? String)
            #expect(received["messageType"] as? String == type && received["receiverId"] as? String == "bob")
            let media = try #require(received["media"] as? [String: Any])
            for key in ["fileId", "fileName", "fileSize", "mimeType", "duration"] {
                #expect("\(media[key] ?? "none")" == "\(uploaded[key] ?? "none")")
            }
            #expect((media["duration"] != nil) == (type != "image"))
            let url = try #require(media["url"] as? String)
            #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        }
        let page = try await chat.call("GET", "/api/chats/\(ImageKitFixture.chat)/messages", token: chat.bob)
        let message = try #require((page.body["data"] as? [[String: Any]])?.first)
        #expect((message["media"] as? [String: Any])?["fileId"] as? String == uploaded["fileId"] as? String)
    }

    @Test(
        "a text, a reply, an edit, reactions and reading are sent to everyone who has joined",
        .proves(
            .imagekit, "event send_message", "event message_received", "event mark_as_read", "event messages_read",
            "event edit_message", "event add_reaction", "event remove_reaction", "event send_message_success",
            "event edit_success", "event message_edited", "event reaction_success", "event reaction_added",
            "event reaction_removed_success", "event reaction_removed", "event read_success"))
    func conversation() async throws {
        let chat = try await ImageKitFixture()
        let (ann, bob) = (try await chat.joined(chat.ann), try await chat.joined(chat.bob))
        let sent = try await ann.ask("send_message", message("Hello"), answer: "send_message_success")
        try chat.expectKeys(
            sent, ["messageId": "", "timestamp": ""], "#### 3. Send Text Message", after: "send_message_success\",")
        let id = try #require(sent["messageId"] as? String)
        let received = try await bob.next("message_received")
        try chat.expectKeys(
            received,
            [
                "messageId": "", "chatId": "", "senderId": "", "receiverId": "", "content": "", "messageType": "",
                "createdAt": "", "replyTo": NSNull(),
            ], "#### 1. Message Received")
        #expect(received["content"] as? String == "Hello" && received["senderId"] as? String == "ann")
        #expect(received["messageType"] as? String == "text" && received["replyTo"] is NSNull)

        try await bob.ask("send_message", message("Hi", ["replyToId": id]), answer: "send_message_success")
        _ = try await ann.next("message_received")
        #expect(try await ann.next("message_received")["replyTo"] as? String == id)

        let named: [String: Any] = ["chatId": ImageKitFixture.chat, "messageId": id]
        let edited = try await ann.ask("edit_message", named.with("newContent", "Hello!"), answer: "edit_success")
        try chat.expectKeys(edited, ["messageId": ""], "#### 8. Edit Message", after: "edit_success\",")
        let change = try await bob.next("message_edited")
        try chat.expectKeys(
            change, ["messageId": "", "chatId": "", "newContent": "", "editedAt": "", "editedBy": ""],
            "#### 6. Message Edited")
        #expect(change["newContent"] as? String == "Hello!" && change["editedBy"] as? String == "ann")

        let reaction = try await bob.ask("add_reaction", named.with("emoji", "👍"), answer: "reaction_success")
        try chat.expectKeys(
            reaction, ["messageId": "", "emoji": ""], "#### 10. Add Reaction", after: "reaction_success\",")
        try chat.expectKeys(
            try await ann.next("reaction_added"),
            ["messageId": "", "chatId": "", "userId": "", "emoji": "", "timestamp": ""], "#### 8. Reaction Added")
        let accepted = try await bob.ask(
            "remove_reaction", named.with("emoji", "👍"), answer: "reaction_removed_success")
        try chat.expectKeys(
            accepted, ["messageId": "", "emoji": ""], "#### 11. Remove Reaction", after: "reaction_removed_success\",")
        try chat.expectKeys(
            try await ann.next("reaction_removed"),
            ["messageId": "", "chatId": "", "userId": "", "emoji": "", "timestamp": ""], "#### 9. Reaction Removed")

        let read = try await bob.ask(
            "mark_as_read", ["chatId": ImageKitFixture.chat, "messageIds": [id]], answer: "read_success")
        try chat.expectKeys(read, ["messageIds": [""]], "#### 5. Mark Messages as Read", after: "read_success\",")
        #expect(read["messageIds"] as? [String] == [id])
        let seen = try await ann.next("messages_read")
        try chat.expectKeys(
            seen, ["messageIds": [""], "readBy": "", "chatId": "", "timestamp": ""], "#### 3. Messages Read")
        #expect(seen["readBy"] as? String == "bob" && seen["messageIds"] as? [String] == [id])
    }

    @Test(
        "members who have not joined receive unread counts, those who have joined presence and typing",
        .proves(
            .imagekit, "event unread_message", "event leave_chat", "event leave_chat_success", "event user_online",
            "event user_offline", "event typing", "event user_typing", "event stop_typing", "event user_stop_typing"))
    func presence() async throws {
        let chat = try await ImageKitFixture()
        let ann = try await chat.joined(chat.ann)
        let bob = try await chat.socket(chat.bob)
        for count in 1...2 {
            try await ann.ask("send_message", message("Hello \(count)"), answer: "send_message_success")
            let waiting = try await bob.next("unread_message")
            try chat.expectKeys(
                waiting, ["chatId": "", "unreadCount": 1, "lastMessage": "", "senderId": ""],
                "#### 12. Unread Message Notification")
            #expect(waiting["unreadCount"] as? Int == count && waiting["lastMessage"] as? String == "Hello \(count)")
        }
        try await bob.ask("join_chat", ["chatId": ImageKitFixture.chat], answer: "join_chat_success")
        let online = try await ann.next("user_online")
        try chat.expectKeys(online, ["userId": "", "chatId": "", "timestamp": ""], "#### 10. User Online")
        try bob.emit("typing", ["chatId": ImageKitFixture.chat])
        try chat.expectKeys(
            try await ann.next("user_typing"), ["userId": "", "chatId": "", "timestamp": ""], "#### 4. User Typing")
        try bob.emit("stop_typing", ["chatId": ImageKitFixture.chat])
        try chat.expectKeys(
            try await ann.next("user_stop_typing"), ["userId": "", "chatId": "", "timestamp": ""],
            "#### 5. User Stop Typing")
        let left = try await bob.ask("leave_chat", ["chatId": ImageKitFixture.chat], answer: "leave_chat_success")
        try chat.expectKeys(left, ["chatId": ""], "#### 2. Leave Chat Room", after: "leave_chat_success\",")
        let offline = try await ann.next("user_offline")
        try chat.expectKeys(offline, ["userId": "", "chatId": "", "timestamp": ""], "#### 11. User Offline")
        #expect(offline["userId"] as? String == "bob")
        try await ann.ask("send_message", message("Bye"), answer: "send_message_success")
        #expect(try await bob.next("unread_message")["unreadCount"] as? Int == 3)
        #expect(!bob.others.contains("message_received"))
    }

    @Test(
        "deleting one's own message deletes it and its file for all, another's for oneself",
        .proves(.imagekit, "event delete_message", "event delete_success", "event message_deleted"))
    func deletion() async throws {
        let chat = try await ImageKitFixture()
        let (ann, bob) = (try await chat.joined(chat.ann), try await chat.joined(chat.bob))
        let file = try #require(try await chat.upload("image/orientation-1.jpg", token: chat.ann).data["fileId"])
        let sent = try await ann.ask(
            "send_media", ["chatId": ImageKitFixture.chat, "media": ["fileId": file]], answer: "send_media_success")
        let url = try #require((try await bob.next("media_received")["media"] as? [String: Any])?["url"] as? String)
        let first: [String: Any] = ["chatId": ImageKitFixture.chat, "messageId": try #require(sent["messageId"])]
        let gone = try await ann.ask("delete_message", first, answer: "delete_success")
        try chat.expectKeys(gone, ["messageId": ""], "#### 9. Delete Message", after: "delete_success\",")
        try chat.expectKeys(
            try await bob.next("message_deleted"), ["messageId": "", "chatId": "", "deletedBy": ""],
            "#### 7. Message Deleted")
        try await chat.service.awaitDeletion(of: url)
        let words = try await ann.ask("send_message", message("Hello"), answer: "send_message_success")
        let second: [String: Any] = ["chatId": ImageKitFixture.chat, "messageId": try #require(words["messageId"])]
        try await bob.ask("delete_message", second, answer: "delete_success")
        for (token, count) in [(chat.ann, 2), (chat.bob, 1)] {
            let page = try await chat.call("GET", "/api/chats/\(ImageKitFixture.chat)/messages", token: token)
            #expect((page.body["data"] as? [Any])?.count == count)
        }
    }

    @Test(
        "an event that asks for nothing sensible is answered by an error, and changes nothing",
        .proves(.imagekit, "event error"))
    func badInput() async throws {
        let chat = try await ImageKitFixture()
        let ann = try await chat.socket(chat.ann)
        let id = ImageKitFixture.chat
        let wrong: [(String, [String: Any])] = [
            ("join_chat", [:]), ("join_chat", ["chatId": 7]), ("send_message", ["chatId": id]),
            ("send_message", ["chatId": id, "content": "  "]), ("send_message", ["content": "x"]),
            ("send_message", ["chatId": id, "content": String(repeating: "x", count: 20_000)]),
            ("send_message", ["chatId": id, "content": "x", "replyToId": "64b0000000000000000000ff"]),
            ("send_media", ["chatId": id]), ("send_media", ["chatId": id, "media": "x"]),
            ("send_media", ["chatId": id, "media": ["url": "https://elsewhere.example/cat.jpg"]]),
            ("mark_as_read", ["chatId": id, "messageIds": "x"]), ("mark_as_read", ["chatId": id, "messageIds": [1]]),
            ("edit_message", ["chatId": id, "messageId": "none", "newContent": "x"]),
            ("add_reaction", ["chatId": id, "messageId": "none", "emoji": "👍"]), ("no_such_event", [:]),
        ]
        for (event, data) in wrong {
            let error = try await ann.ask(event, data, answer: "error")
            try chat.expectKeys(error, ["message": ""], "#### 13. Error Event")
        }
        #expect(ann.others.isEmpty)
        try await chat.expectNothingLeft()
    }

    private func message(_ content: String, _ more: [String: Any] = [:]) -> [String: Any] {
        more.with("chatId", ImageKitFixture.chat).with("content", content)
    }
}

extension [String: Any] {
    fileprivate func with(_ key: String, _ value: Any) -> [String: Any] { merging([key: value]) { $1 } }
}
