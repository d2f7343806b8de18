import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import TestSupport
import Testing

struct MessageStoreTests {
    @Test(
        "the first direct message creates the conversation; later ones of either side go to it",
        arguments: StoreEngine.allCases)
    func firstMessage(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let first = try await fixture.send(from: "ann", to: "bob")
        let second = try await fixture.send(from: "bob", to: "ann")
        #expect(first.message.conversation == second.message.conversation)
        #expect(try await fixture.store.members(of: first.message.conversation, in: .bananatalk) == ["ann", "bob"])
    }

    @Test("a message is read as it was saved", arguments: StoreEngine.allCases)
    func roundTrip(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", text: "héllo \u{1F34C}", media: .video("a/b.mp4"))
        let read = try #require(try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: nil))
        #expect(read == saved.message)
    }

    @Test("an empty text stays a text", arguments: StoreEngine.allCases)
    func emptyText(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", text: "", media: .video("v"))
        #expect(try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: nil)?.text == "")
    }

    @Test(
        "the receiver's unread count rises, falls when they read, and reading again marks nothing",
        arguments: StoreEngine.allCases)
    func unread(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        try await fixture.send(from: "ann", to: "bob")
        let second = try await fixture.send(from: "ann", to: "bob")
        #expect(second.unreadCounts == ["ann": 0, "bob": 2])
        let conversation = second.message.conversation
        let marked = try await fixture.store.markRead(
            conversation: conversation, in: .bananatalk, reader: "bob", selection: .all, at: fixture.clock.now
        ) { [OutboxDraft(recipient: "ann", event: "messagesRead", payload: ["count": .integer($0.count)])] }
        #expect(marked.count == 2)
        #expect(
            try await fixture.store.unreadCount(of: "bob", conversation: conversation, in: .bananatalk) == 0)
        let read = try #require(try await fixture.store.message(second.message.id, in: .bananatalk, viewer: "ann"))
        #expect(read.receipts.map(\.user) == ["bob"])
        let again = try await fixture.store.markRead(
            conversation: conversation, in: .bananatalk, reader: "bob", selection: .all, at: fixture.clock.now
        ) { _ in
            Issue.record("nothing was marked")
            return []
        }
        #expect(again == [])
        let received = try await fixture.store.dueOutbox(limit: 10)
        #expect(received.map(\.draft.event) == ["newMessage", "newMessage", "messagesRead"])
        #expect(received.last?.draft.payload == ["count": 2])
    }

    @Test("deleting an unread message for everyone reduces the unread count", arguments: StoreEngine.allCases)
    func unreadAfterDeletion(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let first = try await fixture.send(from: "ann", to: "bob")
        let saved = try await fixture.send(from: "ann", to: "bob")
        _ = try await fixture.store.deleteForAll(saved.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        let count = try await fixture.store.unreadCount(
            of: "bob", conversation: saved.message.conversation, in: .bananatalk)
        #expect(count == 1)
        let marked = try await fixture.store.markRead(
            conversation: saved.message.conversation, in: .bananatalk, reader: "bob", selection: .all,
            at: fixture.clock.now
        ) { _ in [] }
        #expect(marked == [first.message.id])
    }

    @Test("listening to a voice message marks it as read, once", arguments: StoreEngine.allCases)
    func listened(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", media: .voice("v"))
        let store = fixture.store
        #expect(
            try await store.markListened(
                saved.message.id, in: .bananatalk, listener: "bob", at: fixture.clock.now, outbox: []))
        #expect(
            try await !store.markListened(
                saved.message.id, in: .bananatalk, listener: "bob", at: fixture.clock.now, outbox: []))
        #expect(try await store.unreadCount(of: "bob", conversation: saved.message.conversation, in: .bananatalk) == 0)
    }

    @Test("a message that one user has hidden is visible to the other", arguments: StoreEngine.allCases)
    func hidden(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob")
        try await fixture.store.hide(saved.message.id, in: .bananatalk, from: "bob", outbox: [])
        #expect(try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: "bob") == nil)
        #expect(try await fixture.store.message(saved.message.id, in: .bananatalk, viewer: "ann") != nil)
        let page = MessagePage(limit: 10)
        let conversation = saved.message.conversation
        #expect(
            try await fixture.store.messages(of: conversation, in: .bananatalk, viewer: "bob", page: page).total == 0)
        #expect(
            try await fixture.store.messages(of: conversation, in: .bananatalk, viewer: "ann", page: page).total == 1)
        #expect(try await fixture.store.unreadCount(of: "bob", conversation: conversation, in: .bananatalk) == 0)
    }

    @Test(
        "pages go from the newest backwards, each in the order of time; `before` and `after` bound them",
        arguments: StoreEngine.allCases)
    func pages(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        var ids: [String] = []
        var conversation = ""
        for index in 0..<7 {
            let saved = try await fixture.send(
                from: index.isMultiple(of: 2) ? "ann" : "bob", to: index.isMultiple(of: 2) ? "bob" : "ann")
            ids.append(saved.message.id)
            conversation = saved.message.conversation
        }
        func page(_ page: MessagePage) async throws -> [String] {
            try await fixture.store.messages(of: conversation, in: .bananatalk, viewer: "ann", page: page).messages.map(
                \.id)
        }
        #expect(try await page(MessagePage(page: 1, limit: 3)) == Array(ids[4...6]))
        #expect(try await page(MessagePage(page: 3, limit: 3)) == Array(ids[0...0]))
        #expect(try await page(MessagePage(limit: 2, before: .message(ids[4]))) == Array(ids[2...3]))
        #expect(try await page(MessagePage(limit: 2, after: .message(ids[4]))) == Array(ids[5...6]))
        #expect(try await page(MessagePage(page: Int.max, limit: 100)) == [])
        await #expect(throws: ChatError.self) { try await page(MessagePage(limit: 2, before: "nobody")) }
    }

    @Test("of drafts that are saved together all are saved or none", arguments: StoreEngine.allCases)
    func atomic(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let allowance = DailyAllowance(regular: 2, visitor: 1)
        let drafts = ["bob", "cid", "dan"].map { fixture.draft(from: "ann", to: $0, allowance: allowance) }
        let error = await thrown(ChatError.self) { try await fixture.store.save(drafts) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.limit?.current == 2)
        #expect(try await fixture.store.message(drafts[0].message.id, in: .bananatalk, viewer: nil) == nil)
        #expect(try await fixture.store.directConversation(of: "ann", and: "bob", in: .bananatalk) == nil)
        #expect(try await fixture.store.dueOutbox(limit: 10).isEmpty)
    }

    @Test("concurrent senders never exceed the daily allowance", arguments: StoreEngine.allCases)
    func racing(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let allowance = DailyAllowance(regular: 10, visitor: 1)
        let sent = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<40 {
                group.addTask {
                    (try? await fixture.send(from: "ann", to: "friend\(index % 4)", allowance: allowance)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(sent == 10)
    }

    @Test("the daily count starts again at midnight UTC", arguments: StoreEngine.allCases)
    func midnight(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let allowance = DailyAllowance(regular: 1, visitor: 1)
        try await fixture.send(from: "ann", to: "bob", allowance: allowance)
        let error = await thrown(ChatError.self) {
            try await fixture.send(from: "ann", to: "bob", allowance: allowance)
        }
        let reset = try #require(error?.limit?.resetTime)
        #expect(Timestamp.seconds(reset) == "2024-01-16T00:00:00Z")
        fixture.clock.advance(reset.timeIntervalSince(fixture.clock.now))
        try await fixture.send(from: "ann", to: "bob", allowance: allowance)
    }

    @Test("a user is a visitor if their token or record says so", arguments: StoreEngine.allCases)
    func visitors(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let allowance = DailyAllowance(regular: 1000, visitor: 50)
        let store = fixture.store
        try await store.upsert(ChatUser(id: "vic", userType: .visitor))
        func most(_ caller: ChatCaller) async throws -> Int {
            try await store.usage(of: caller, in: .bananatalk, allowance: allowance, at: fixture.clock.now).max
        }
        #expect(try await most(ChatCaller(id: "vic")) == 50)
        #expect(try await most(ChatCaller(id: "ann", userType: .visitor)) == 50)
        #expect(try await most(ChatCaller(id: "ann")) == 1000)
    }
}
