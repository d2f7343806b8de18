import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import TestSupport
import Testing

struct ChatDirectoryTests {
    @Test("writing the same user again changes nothing", arguments: StoreEngine.allCases)
    func users(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        let ann = ChatUser(id: "ann", name: "Ann", images: ["https://example.com/a.jpg"])
        #expect(try await store.upsert(ann))
        #expect(try await !store.upsert(ann))
        #expect(try await store.users(["ann", "bob"]) == ["ann": ann])
        #expect(try await store.deleteUser("ann"))
        #expect(try await !store.deleteUser("ann"))
        #expect(try await store.user("ann") == nil)
    }

    @Test(
        "a user without a record gets one with the token's name, which never overwrites a record",
        arguments: StoreEngine.allCases)
    func provisionedUser(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.caller.name = "Ann of the token"
        _ = try await fixture.store.save([draft])
        #expect(try await fixture.store.user("ann")?.name == "Ann of the token")
        try await fixture.store.upsert(ChatUser(id: "ann", name: "Ann"))
        var second = fixture.draft(from: "ann", to: "bob")
        second.caller.name = "Ann of the token"
        _ = try await fixture.store.save([second])
        #expect(try await fixture.store.user("ann")?.name == "Ann")
    }

    @Test(
        "writing the same conversation again changes nothing; other members replace the former ones",
        arguments: StoreEngine.allCases)
    func conversations(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        var room = Conversation(
            id: "room-1", dialect: .bananatalk, members: ["ann", "bob", "cid"], name: "Room",
            settings: ["allowMediaUpload": true],
            createdAt: fixture.clock.now)
        #expect(try await store.upsert(room))
        #expect(try await store.conversation("room-1", in: .bananatalk) == room)
        fixture.clock.advance(10)
        room.createdAt = fixture.clock.now
        #expect(try await !store.upsert(room))
        room.members = ["ann", "dan"]
        #expect(try await store.upsert(room))
        #expect(try await store.members(of: "room-1", in: .bananatalk) == ["ann", "dan"])
        #expect(try await store.members(of: "room-1", in: Dialect(rawValue: "rooms")).isEmpty)
    }

    @Test("only members can send to a room, and no one to a room that does not exist", arguments: StoreEngine.allCases)
    func membership(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let dialect = Dialect(rawValue: "rooms")
        try await fixture.store.upsert(
            Conversation(id: "r", dialect: dialect, members: ["ann", "bob", "cid"], createdAt: fixture.clock.now))
        func send(_ sender: String, to room: String) async throws -> SavedMessage {
            let message = ChatMessage(
                id: fixture.ids.next(at: fixture.clock.now).description, dialect: dialect, conversation: room,
                sender: sender,
                type: .text, text: "hi", createdAt: fixture.clock.now)
            return try await fixture.store.save([
                MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil) {
                    _ in []
                }
            ])[0]
        }
        #expect(try await send("ann", to: "r").unreadCounts == ["ann": 0, "bob": 1, "cid": 1])
        let outsider = await thrown(ChatError.self) { try await send("eve", to: "r") }
        #expect(outsider?.code == .notAllowed)
        let nowhere = await thrown(ChatError.self) { try await send("ann", to: "q") }
        #expect(nowhere?.code == .conversationNotFound)
    }

    @Test(
        "a direct conversation takes the ID that the chat server gives later, and keeps its messages",
        arguments: StoreEngine.allCases)
    func adopted(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob")
        let provisioned = Conversation(
            id: "theirs", dialect: .bananatalk, members: ["bob", "ann"], isDirect: true, createdAt: fixture.clock.now)
        #expect(try await fixture.store.upsert(provisioned))
        #expect(try await !fixture.store.upsert(provisioned))
        #expect(
            try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: nil)?.conversation == "theirs")
        #expect(try await fixture.send(from: "bob", to: "ann").message.conversation == "theirs")
    }

    @Test("two direct conversations of one pair are merged", arguments: StoreEngine.allCases)
    func merged(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let group = Conversation(
            id: "theirs", dialect: .bananatalk, members: ["ann", "bob"], isDirect: false, createdAt: fixture.clock.now)
        try await fixture.store.upsert(group)
        let saved = try await fixture.send(from: "ann", to: "bob")
        #expect(saved.message.conversation != "theirs")
        var direct = group
        direct.isDirect = true
        #expect(try await fixture.store.upsert(direct))
        #expect(
            try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: nil)?.conversation == "theirs")
        #expect(try await fixture.store.unreadCount(of: "bob", conversation: "theirs", in: .bananatalk) == 1)
        #expect(try await fixture.store.conversation(saved.message.conversation, in: .bananatalk) == nil)
    }

    @Test(
        "a conversation that is provisioned again without settings keeps those that it has, also under another ID",
        arguments: StoreEngine.allCases)
    func provisioned(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        var group = Conversation(
            id: "group", dialect: .bananatalk, members: ["ann", "bob", "cid"], settings: ["a": 1],
            createdAt: fixture.clock.now)
        let (created, isFirst) = try await store.provision(group, keepsSettings: true)
        #expect(isFirst && created == group)
        // What a user has set meanwhile.
        try await store.update("group", in: .bananatalk) { $0.setSetting("blocked", ["ann"]) }
        group.members = ["ann", "bob"]
        let (kept, isNew) = try await store.provision(group, keepsSettings: true)
        #expect(!isNew && kept.settings == ["a": 1, "blocked": ["ann"]] && kept.members == ["ann", "bob"])
        #expect(try await store.conversation("group", in: .bananatalk)?.settings == kept.settings)
        let (replaced, _) = try await store.provision(group, keepsSettings: false)
        #expect(replaced.settings == ["a": 1])
        #expect(try await store.conversation("group", in: .bananatalk)?.settings == ["a": 1])
        // The direct conversation of a pair receives the chat server's ID.
        let ours = try await fixture.send(from: "ann", to: "bob").message.conversation
        try await store.update(ours, in: .bananatalk) { $0.setSetting("blocked", ["bob"]) }
        let direct = Conversation(
            id: "theirs", dialect: .bananatalk, members: ["ann", "bob"], isDirect: true, createdAt: fixture.clock.now)
        #expect(try await store.provision(direct, keepsSettings: true).isNew)
        #expect(try await store.conversation("theirs", in: .bananatalk)?.settings["blocked"] == ["bob"])
        #expect(try await store.conversation(ours, in: .bananatalk) == nil)
    }

    @Test(
        "when a group's only admin is deleted, the member who joined first is admin; messages stay",
        arguments: StoreEngine.allCases)
    func succession(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, dialect) = (fixture.store, Dialect.signalr)
        for (id, members) in [("group", ["ann", "bob", "cid"]), ("alone", ["ann"])] {
            var group = Conversation(
                id: id, dialect: dialect, members: Set(members), name: "Group", createdAt: fixture.clock.now)
            group.admins = ["ann"]
            try await store.upsert(group)
        }
        let direct = try await fixture.send(from: "ann", to: "bob").message
        #expect(try await store.deleteUser("ann", deletingEmptyGroupsOf: [dialect]))
        let group = try #require(try await store.conversation("group", in: dialect))
        #expect(group.members == ["bob", "cid"] && group.admins == ["bob"])
        #expect(try await store.isMember("bob", of: "group", in: dialect))
        #expect(try await !store.isMember("ann", of: "group", in: dialect))
        #expect(try await !store.isMember("ann", of: "none", in: dialect))
        #expect(try await store.conversation("alone", in: dialect) == nil)
        #expect(try await store.message(direct.id, in: .bananatalk, viewer: "bob") != nil)
        #expect(try await store.members(of: direct.conversation, in: .bananatalk) == ["bob"])
        // Another message finds the direct conversation again.
        #expect(try await fixture.send(from: "bob", to: "ann").message.conversation == direct.conversation)
        for user in ["bob", "cid"] { #expect(try await store.deleteUser(user)) }
        #expect(try await store.conversation("group", in: dialect)?.members == [])
    }

    @Test("a group is deleted in the transaction that removes its last member", arguments: StoreEngine.allCases)
    func emptied(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        for id in ["kept", "deleted"] {
            try await store.upsert(
                Conversation(
                    id: id, dialect: .signalr, members: ["ann", "bob"], name: "Group", createdAt: fixture.clock.now))
        }
        let message = ChatMessage(
            id: fixture.ids.next(at: fixture.clock.now).description, dialect: .signalr, conversation: "deleted",
            sender: "ann", type: .text, text: "hi", createdAt: fixture.clock.now)
        _ = try await store.save([
            MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil) { _ in
                []
            }
        ])
        for user in ["ann", "bob"] {
            #expect(try await store.message(message.id, in: .signalr, viewer: nil) != nil)
            try await store.update("deleted", in: .signalr, deletesEmpty: true, outbox: { _ in [] }) {
                $0.remove(user)
            }
            try await store.update("kept", in: .signalr) { $0.remove(user) }
        }
        #expect(try await store.conversation("deleted", in: .signalr) == nil)
        #expect(try await store.message(message.id, in: .signalr, viewer: nil) == nil)
        #expect(try await store.conversation("kept", in: .signalr)?.members == [])
    }
}
