import ChatStoreSQLite
import ChatTestSupport
import JSON
import Logging
import Testing

@testable import ChatBridge
@testable import ImageKit
@testable import Realtime

struct ImageKitSocketsTests {
    private let chat = JSONValue.string(ImageKitFixture.chat)

    @Test("members who have joined receive the message, the others their unread count")
    func arrival() async throws {
        let fixture = try await ImageKitFixture()
        let (ann, bob, phone) = (
            try await fixture.joined("ann"), try await fixture.joined("bob"), try await fixture.connect("bob")
        )
        let sent = try await ann.ask("send_message", ["chatId": chat, "content": "Hello"])
        let received = await bob.event("message_received")
        #expect(received?["messageId"] == sent?["messageId"] && received?["receiverId"] == "bob")
        // Bob is connected with another device: no event waits for him.
        try await bob.ask("leave_chat", ["chatId": chat])
        try await ann.ask("send_message", ["chatId": chat, "content": "Hello?"])
        #expect(
            await phone.event("unread_message")
                == ["chatId": chat, "unreadCount": 2, "lastMessage": "Hello?", "senderId": "ann"])
    }

    @Test("after a restart, events wait for a connected user until they have joined the chat")
    func beforeJoining() async throws {
        let fixture = try await ImageKitFixture()
        fixture.running.cancel()
        await fixture.running.value
        _ = try await fixture.service.sendMessage(["chatId": chat, "content": "x"], from: fixture.ann)
        let bob = try await fixture.connect("bob")
        var entries = try await fixture.base.store.dueOutbox(limit: 10)
        for index in entries.indices { entries[index].isInherited = true }
        for entry in entries { try await fixture.sockets.notifier.deliver(entry) }
        try await fixture.base.store.delivered(entries.map(\.sequence))
        try await bob.ask("join_chat", ["chatId": chat])
        for entry in try await fixture.base.store.dueOutbox(limit: 10) {
            try? await fixture.sockets.notifier.deliver(entry)
        }
        await bob.socket.receive(text: #"42["leave_chat",{"chatId":"\#(ImageKitFixture.chat)"}]"#)
        #expect(await bob.events(until: "leave_chat_success") == ["message_received", "leave_chat_success"])
    }

    @Test("after a restart, events that wait for a user to join a chat delay no other event for them")
    func otherChats() async throws {
        let fixture = try await ImageKitFixture()
        fixture.running.cancel()
        await fixture.running.value
        let (clock, ids) = (fixture.base.clock, fixture.base.ids)
        let other = "64b000000000000000000002"
        try await fixture.base.store.upsert(
            Conversation(
                id: other, dialect: .imagekit, members: ["ann", "bob", "eve"], createdAt: clock.now))
        // A process before this one wrote it, and delivered nothing.
        let former = ImageKitService(
            core: ChatCore(store: try fixture.base.another(), ids: ids, now: { clock.now }, wake: {}), urls: { $0 })
        for chat in [chat, chat, .string(other)] {
            _ = try await former.sendMessage(["chatId": chat, "content": "x"], from: fixture.ann)
        }
        let deliverer = OutboxDeliverer(
            store: fixture.base.store, notifiers: [.imagekit: fixture.sockets.notifier], logger: Logger { _ in })
        try await deliverer.deliverDue()
        let bob = try await fixture.connect("bob")
        try await bob.ask("join_chat", ["chatId": .string(other)])
        clock.advance(1)
        try await deliverer.deliverDue()
        await bob.socket.receive(text: #"42["leave_chat",{"chatId":"\#(other)"}]"#)
        #expect(
            await bob.events(until: "leave_chat_success")
                == ["unread_message", "unread_message", "message_received", "leave_chat_success"])
        // The events that waited arrive in order once they join.
        try await bob.ask("join_chat", ["chatId": chat])
        clock.advance(1)
        try await deliverer.deliverDue()
        await bob.socket.receive(text: #"42["leave_chat",{"chatId":"\#(ImageKitFixture.chat)"}]"#)
        #expect(
            await bob.events(until: "leave_chat_success")
                == ["message_received", "message_received", "leave_chat_success"])
    }

    @Test("a message that is deleted before its delivery is not delivered")
    func deletedMeanwhile() async throws {
        let fixture = try await ImageKitFixture()
        let bob = try await fixture.joined("bob")
        fixture.running.cancel()
        await fixture.running.value
        let sent = try await fixture.service.sendMessage(["chatId": chat, "content": "x"], from: fixture.ann)
        _ = try await fixture.service.delete(
            ["chatId": chat, "messageId": sent["messageId"] ?? .null], by: fixture.ann)
        for entry in try await fixture.base.store.dueOutbox(limit: 10) {
            try await fixture.sockets.notifier.deliver(entry)
        }
        await bob.socket.receive(text: #"42["leave_chat",{"chatId":"\#(ImageKitFixture.chat)"}]"#)
        #expect(await bob.events(until: "leave_chat_success") == ["message_deleted", "leave_chat_success"])
    }

    @Test("joining and leaving are announced once for a user, whatever their devices")
    func presence() async throws {
        let fixture = try await ImageKitFixture()
        let ann = try await fixture.joined("ann")
        let (phone, tablet) = (try await fixture.joined("bob"), try await fixture.joined("bob"))
        try await phone.ask("leave_chat", ["chatId": chat])
        tablet.socket.closed()
        let events = await ann.events(until: "user_offline")
        #expect(events.filter { $0 == "user_online" }.count == 1)
    }

    @Test("while a chat is blocked, neither user learns whether the other is there")
    func blocked() async throws {
        let fixture = try await ImageKitFixture()
        _ = try await fixture.service.block(ImageKitFixture.chat, by: fixture.bob)
        let ann = try await fixture.joined("ann")
        let bob = try await fixture.joined("bob")
        try await bob.ask("leave_chat", ["chatId": chat])
        let phone = try await fixture.joined("bob")
        await ann.socket.receive(text: #"42["leave_chat",{"chatId":"\#(ImageKitFixture.chat)"}]"#)
        let events = await ann.events(until: "leave_chat_success")
        #expect(!events.contains("user_online") && !events.contains("user_offline"), "\(events)")
        _ = try await fixture.service.unblock(ImageKitFixture.chat, by: fixture.bob)
        let again = try await fixture.joined("ann")
        try await phone.ask("leave_chat", ["chatId": chat])
        try await phone.ask("join_chat", ["chatId": chat])
        #expect(await again.event("user_online")?["userId"] == "bob")
    }

    @Test("a user who was removed from a chat receives nothing of it, though their socket has joined it")
    func removed() async throws {
        let fixture = try await ImageKitFixture()
        try await fixture.provision(members: ["ann", "bob", "eve"])
        let (ann, bob, eve) = (
            try await fixture.joined("ann"), try await fixture.joined("bob"), try await fixture.joined("eve")
        )
        try await fixture.provision(members: ["ann", "bob"])
        try await ann.ask("typing", ["chatId": chat])
        try await ann.ask("send_message", ["chatId": chat, "content": "Hello"])
        #expect(await bob.event("message_received") != nil)
        await eve.socket.receive(text: #"42["leave_chat",{"chatId":"\#(ImageKitFixture.chat)"}]"#)
        #expect(await eve.events(until: "leave_chat_success") == ["leave_chat_success"])
    }

    @Test("of a user who was removed from a chat no one is notified that they leave it")
    func removedLeaves() async throws {
        let fixture = try await ImageKitFixture()
        try await fixture.provision(members: ["ann", "bob", "eve"])
        let (ann, eve) = (try await fixture.joined("ann"), try await fixture.joined("eve"))
        try await fixture.provision(members: ["ann", "bob"])
        #expect(try await eve.ask("leave_chat", ["chatId": chat])?["chatId"] == chat)
        let bob = try await fixture.joined("bob")
        await bob.socket.receive(text: #"42["typing",{"chatId":"\#(ImageKitFixture.chat)"}]"#)
        #expect(await !ann.events(until: "user_typing").contains("user_offline"))
    }

    @Test("the number of chats that a socket can join is limited, and leaving one permits another")
    func maximumJoined() async throws {
        var limits = ImageKitLimits()
        limits.maximumJoined = 1
        let fixture = try await ImageKitFixture(limits: limits)
        try await fixture.base.store.upsert(
            Conversation(id: "other", dialect: .imagekit, members: ["ann"], createdAt: fixture.base.clock.now))
        let ann = try await fixture.joined("ann")
        #expect(try await ann.ask("join_chat", ["chatId": chat])?["chatId"] == chat)
        #expect(try await ann.ask("join_chat", ["chatId": "other"])?["error"] != nil)
        try await ann.ask("leave_chat", ["chatId": chat])
        #expect(try await ann.ask("join_chat", ["chatId": "other"])?["chatId"] == "other")
    }
}
