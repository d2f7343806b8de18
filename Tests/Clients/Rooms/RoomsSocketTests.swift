import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Rooms: sockets")
struct RoomsSocketTests {
    /// The names of the events and acknowledgements that a client received, without those about users who come and go.
    private func names(_ lines: [[String: Any]]) -> [String] {
        lines.compactMap { $0["event"] as? String ?? ($0["ack"] as? String).map { "ack \($0)" } }
            .filter { !["user_online", "user_offline"].contains($0) }
    }

    @Test(
        "an authenticated socket may join and receives a message once, however often its sender announces it",
        .proves(
            .rooms, "event authenticate", "event join_chat", "event send_message", "event new_message",
            "event typing_start", "event user_typing", "event user_joined_chat"),
        arguments: [SocketClient.Transport.polling, .websocket])
    func newMessage(transport: SocketClient.Transport) async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let bob = try await client.socket(of: "bob", in: [room], until: 3, transport: transport)
        let id = try await client.text(in: room)
        let announcement =
            #"{"chatRoomId":"\#(room)","messageId":"\#(id)","type":"text","content":"not what was stored"}"#
        let alice = try await client.socket(
            of: "alice", in: [room], until: 3,
            emitting: [
                ("send_message", announcement), ("send_message", announcement),
                ("typing_start", #"{"chatRoomId":"\#(room)"}"#),
            ], transport: transport)
        let clientOutput = await alice.finish()
        #expect(names(clientOutput) == ["ack send_message", "ack send_message", "ack typing_start"])
        let answered = try #require(clientOutput.acknowledgement("send_message")?["data"] as? [String: Any])
        #expect(answered["_id"] as? String == id && answered["content"] as? String == "Hello World!")
        let receivedEvents = await bob.finish()
        #expect(names(receivedEvents) == ["new_message", "user_joined_chat", "user_typing"])
        let message = try #require(receivedEvents.events("new_message").first?["message"] as? [String: Any])
        #expect(message["_id"] as? String == id && message["content"] as? String == "Hello World!")
        #expect(receivedEvents.events("user_typing").first?["userId"] as? String == "alice")
        #expect(receivedEvents.events("user_typing").first?["chatRoomId"] as? String == room)
    }

    @Test("a file sent over HTTP is announced at once, with URLs that work", .proves(.rooms, "event new_message"))
    func media() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let bob = try await client.socket(of: "bob", in: [room], until: 1)
        let sent = try await client.send(try Sample.file("video/short.mp4"), as: "video", to: room)
        let receivedEvents = await bob.finish().events("new_message")
        let message = try #require(receivedEvents.first?["message"] as? [String: Any])
        #expect(message["_id"] as? String == sent.data["_id"] as? String)
        let info = try #require(message["mediaInfo"] as? [String: Any])
        for address in ["url", "thumbnail"] {
            let fetched = try await Python.run("call.py", ["GET", try #require(info[address] as? String)])
            #expect(fetched.output.contains("\"status\": 200"))
        }
    }

    @Test(
        "authenticated and auth_error answer authenticate; nothing else is done before",
        .proves(
            .rooms, "event authenticate", "event authenticated", "event auth_error", "event joined_chat", "access"))
    func authenticate() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let id = try await client.text(in: room)
        let token = try client.service.token("bob")
        let stranger = try await SocketClient.connect(
            to: client.service, token: token, until: 6,
            emitting: [
                ("join_chat", #"{"chatRoomId":"\#(room)"}"#),
                ("send_message", #"{"chatRoomId":"\#(room)","messageId":"\#(id)"}"#), ("get_online_users", "{}"),
            ], path: "rooms/socket.io")
        #expect(stranger.greeting["connected"] is String)
        var clientOutput = await stranger.finish()
        #expect(clientOutput.events("error").count == 3)
        #expect(clientOutput.events("error").allSatisfy { $0["message"] as? String == "กรุณา authenticate ก่อน" })
        #expect(clientOutput.events("joined_chat").isEmpty && clientOutput.events("online_users").isEmpty)
        let whole = try await SocketClient.connect(
            to: client.service, token: "-", until: 8,
            emitting: [
                ("authenticate", #"{"token":"\#(token)","userId":"alice"}"#),
                ("authenticate", #"{"token":"no.token.this","userId":"bob"}"#), ("authenticate", "{}"),
                ("authenticate", #"{"token":"\#(token)","userId":"bob"}"#),
            ], path: "rooms/socket.io")
        clientOutput = await whole.finish()
        #expect(
            clientOutput.events("auth_error").compactMap { $0["message"] as? String } == [
                "userId ไม่ตรงกับ token", "token ไม่ถูกต้องหรือหมดอายุ", "กรุณาระบุ token",
            ])
        let authenticated = try #require(clientOutput.events("authenticated").first)
        #expect(authenticated["userId"] as? String == "bob" && authenticated["success"] as? Bool == true)
    }

    @Test("a socket that does not say who it is is put out", .proves(.rooms, "event authenticate"))
    func silence() async throws {
        let client = try RoomsClient()
        let silent = try await SocketClient.connect(to: client.service, token: "-", until: 1, path: "rooms/socket.io")
        let receivedEvents = await silent.finish().events("auth_error")
        #expect(receivedEvents.first?["message"] as? String == "ไม่ได้ authenticate ภายในเวลาที่กำหนด")
    }

    @Test(
        "what happens to a message is sent to its room once, whether by HTTP, by event or by both",
        .proves(
            .rooms, "event add_reaction", "event edit_message", "event delete_message", "event mark_as_read",
            "event reaction_updated", "event message_edited", "event message_deleted", "event typing_stop",
            "event user_stop_typing"))
    func changes() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let id = try await client.text(in: room)
        let place = #""chatRoomId":"\#(room)","messageId":"\#(id)""#
        let bob = try await client.socket(of: "bob", in: [room], until: 5)
        let reaction = #"{"emoji":"👍","reactionType":"like"}"#
        _ = try await client.call("POST", "/messages/\(id)/reactions", as: "alice", json: reaction)
        _ = try await client.call("PUT", "/messages/\(id)", as: "alice", json: #"{"content":"แก้ไขข้อความแล้ว"}"#)
        let alice = try await client.socket(
            of: "alice", in: [room], until: 7,
            emitting: [
                ("add_reaction", #"{\#(place),"emoji":"👍","reactionType":"like"}"#),
                ("edit_message", #"{\#(place),"newContent":"แก้ไขข้อความแล้ว"}"#),
                ("delete_message", #"{\#(place),"deleteFor":"everyone"}"#),
                ("delete_message", #"{\#(place),"deleteFor":"everyone"}"#),
                ("typing_stop", #"{"chatRoomId":"\#(room)"}"#), ("mark_as_read", #"{"chatRoomId":"\#(room)"}"#),
            ])
        let clientOutput = await alice.finish()
        #expect(
            clientOutput.filter { $0["ack"] != nil }.allSatisfy {
                ($0["data"] as? [String: Any])?["success"] as? Bool == true
            })
        let receivedEvents = await bob.finish()
        #expect(
            Set(names(receivedEvents)) == [
                "reaction_updated", "message_edited", "user_joined_chat", "message_deleted", "user_stop_typing",
            ])
        let reacted = try #require(receivedEvents.events("reaction_updated").first)
        #expect(reacted["messageId"] as? String == id && (reacted["reactions"] as? [Any])?.count == 1)
        let edited = try #require(receivedEvents.events("message_edited").first)
        #expect(edited["newContent"] as? String == "แก้ไขข้อความแล้ว" && edited["messageId"] as? String == id)
        let deleted = try #require(receivedEvents.events("message_deleted").first)
        #expect(deleted["messageId"] as? String == id && deleted["deleteFor"] as? String == "everyone")
    }

    @Test(
        "reading is announced to the room once, by HTTP or event",
        .proves(
            .rooms, "event mark_as_read", "POST /rooms/:chatRoomId/read", "event message_read", "event leave_chat",
            "event user_left_chat"))
    func reading() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        _ = try await client.text(in: room)
        let alice = try await client.socket(of: "alice", in: [room], until: 3)
        _ = try await client.call("POST", "/rooms/\(room)/read", as: "bob")
        let bob = try await client.socket(
            of: "bob", in: [room], until: 3,
            emitting: [
                ("mark_as_read", #"{"chatRoomId":"\#(room)"}"#), ("leave_chat", #"{"chatRoomId":"\#(room)"}"#),
                ("typing_start", #"{"chatRoomId":"\#(room)"}"#),
            ])
        let receivedEvents = await alice.finish()
        #expect(names(receivedEvents).filter { $0 == "message_read" }.count == 1)
        let read = try #require(receivedEvents.events("message_read").first)
        #expect(read["userId"] as? String == "bob" && read["chatRoomId"] as? String == room)
        #expect(names(receivedEvents).contains("user_left_chat"))
        _ = await bob.finish()
    }

    @Test(
        "an event that names a room or message of others is rejected, and no one is notified",
        .proves(.rooms, "access", "event error"),
        arguments: [
            "join_chat", "typing_start", "typing_stop", "mark_as_read", "send_message", "add_reaction",
            "edit_message", "delete_message",
        ])
    func nonMember(event: String) async throws {
        let client = try RoomsClient()
        let (room, own) = (try await client.room(), try await client.room(of: "mallory", with: ["carol"]))
        let id = try await client.text("private words", in: room)
        let bob = try await client.socket(of: "bob", in: [room], until: 1)
        let data = { (room: String) in
            #"{"chatRoomId":"\#(room)","messageId":"\#(id)","emoji":"👍","newContent":"x","deleteFor":"everyone"}"#
        }
        let isAboutMessage = event.hasSuffix("_message") || event == "add_reaction"
        // Events with the right room and, where they concern a message, one of the caller's own.
        let emitted = [(event, data(room))] + (isAboutMessage ? [(event, data(own))] : [])
        let mallory = try await client.socket(of: "mallory", in: [own], until: 2 * emitted.count, emitting: emitted)
        let clientOutput = await mallory.finish()
        #expect(
            clientOutput.events("error").count == emitted.count && !"\(clientOutput)".contains("private words"),
            "\(clientOutput)")
        // The next event that Bob receives is the one sent afterwards.
        let next = try await client.text("after", in: room)
        let receivedEvents = await bob.finish()
        #expect(names(receivedEvents) == ["new_message"])
        #expect((receivedEvents.events("new_message").first?["message"] as? [String: Any])?["_id"] as? String == next)
    }

    @Test(
        "a message of the other's own, or in another room, cannot be announced",
        .proves(.rooms, "event send_message", "access"))
    func announcement() async throws {
        let client = try RoomsClient()
        let (room, second) = (try await client.room(), try await client.room())
        let (bobs, elsewhere) = (try await client.text(in: room, from: "bob"), try await client.text(in: second))
        let alice = try await client.socket(
            of: "alice", in: [room], until: 8,
            emitting: [bobs, elsewhere, "65a000000000000000000000"].map {
                ("send_message", #"{"chatRoomId":"\#(room)","messageId":"\#($0)","content":"forged"}"#)
            } + [("send_message", #"{"chatRoomId":"\#(room)","content":"forged"}"#)])
        let clientOutput = await alice.finish()
        #expect(clientOutput.events("error").count == 4 && clientOutput.events("new_message").isEmpty)
    }

    @Test(
        "a message is delivered once another participant's socket in the room has it, and read once they have read it",
        .proves(.rooms, "event new_message", "event mark_as_read"))
    func status() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        func status() async throws -> String? {
            try await client.call("GET", "/rooms/\(room)/messages", as: "alice").messages.last?["status"] as? String
        }
        let alice = try await client.socket(of: "alice", in: [room], until: 1)
        _ = try await client.text(in: room)
        #expect(await alice.finish().events("new_message").count == 1)
        #expect(try await status() == "sent")
        let bob = try await client.socket(of: "bob", in: [room], until: 1)
        _ = try await client.text(in: room)
        #expect(await bob.finish().events("new_message").count == 1)
        try await eventually { try await status() == "delivered" }
        #expect(try await client.call("POST", "/rooms/\(room)/read", as: "bob").status == 200)
        #expect(try await status() == "read")
    }

    @Test(
        "joining and leaving over HTTP are messages of the service itself, and events",
        .proves(
            .rooms, "POST /rooms/:chatRoomId/join", "POST /rooms/:chatRoomId/leave", "event new_message",
            "event user_joined_chat", "event user_left_chat"))
    func system() async throws {
        let client = try RoomsClient()
        let room = try await client.room(type: "group")
        let alice = try await client.socket(of: "alice", in: [room], until: 4)
        for action in ["join", "leave"] {
            #expect(try await client.call("POST", "/rooms/\(room)/\(action)", as: "carol").status == 200)
        }
        let events = await alice.finish()
        #expect(names(events).sorted() == ["new_message", "new_message", "user_joined_chat", "user_left_chat"])
        let messages = events.events("new_message").compactMap { $0["message"] as? [String: Any] }
        #expect(messages.map { $0["type"] as? String } == ["system", "system"])
        #expect(messages.map { $0["content"] as? String } == ["Carol เข้าร่วมห้องแชท", "Carol ออกจากห้องแชท"])
    }

    @Test(
        "users who were removed, left the room's socket or never joined it receive nothing more",
        .proves(.rooms, "access", "event leave_chat"))
    func removed() async throws {
        let client = try RoomsClient()
        let room = try await client.room(with: ["bob", "carol", "dave"])
        let other = try await client.room(of: "carol", with: ["alice", "dave", "erin"])
        // The event that each awaits last is one that they may receive: other users joining, and messages in a room
        // that they are in.
        let bob = try await client.socket(of: "bob", in: [room], until: 2)
        let dave = try await client.socket(of: "dave", in: [other], until: 3)
        let carol = try await client.socket(of: "carol", in: [room, other], until: 1)
        try await client.provision(room, members: ["alice", "bob", "dave"])
        _ = try await client.text("private words", in: room)
        _ = try await client.text("for all", in: other)
        #expect(names(await bob.finish()) == ["user_joined_chat", "new_message"])
        let receivedEvents = await carol.finish()
        #expect(!"\(receivedEvents)".contains("private words") && receivedEvents.events("new_message").count == 1)
        _ = try await client.text("and again", in: other)
        let news = await dave.finish().events("new_message")
        #expect(news.count == 2 && !"\(news)".contains("private words"))
    }

    @Test(
        "presence is sent to users who share a room, and invisible users are not shown",
        .proves(
            .rooms, "event update_status", "event get_online_users", "event user_status_updated", "event user_online",
            "event user_offline", "event online_users"))
    func presence() async throws {
        let client = try RoomsClient()
        _ = try await client.room(with: ["bob"])
        _ = try await client.room(of: "mallory", with: ["dave"])
        let alice = try await client.socket(of: "alice", in: [], until: 2)
        let mallory = try await client.socket(
            of: "mallory", in: [], until: 2, emitting: [("get_online_users", "{}")])
        let bob = try await client.socket(
            of: "bob", in: [], until: 10,
            emitting: [
                ("update_status", #"{"status":"busy"}"#), ("get_online_users", "{}"),
                ("update_status", #"{"status":"invisible"}"#), ("update_status", #"{"status":"away"}"#),
                ("update_status", #"{"status":"asleep"}"#),
            ])
        let clientOutput = await bob.finish()
        let online = try #require(
            clientOutput.first { $0["event"] as? String == "online_users" }?["data"] as? [[String: String]])
        #expect(online == [["userId": "alice", "status": "online"]])
        let receivedEvents = await alice.finish()
        let texts = receivedEvents.compactMap { line -> String? in
            guard let data = line["data"] as? [String: Any], data["userId"] as? String == "bob" else { return nil }
            return "\(line["event"] ?? "") \(data["status"] ?? "")"
        }
        #expect(
            Array(texts.prefix(5)) == [
                "user_online ", "user_status_updated busy", "user_offline ", "user_online ", "user_status_updated away",
            ])
        let others = await mallory.finish()
        #expect(others.first { $0["event"] as? String == "online_users" }?["data"] as? [[String: String]] == [])
        #expect(!"\(others)".contains("bob"))
    }
}
