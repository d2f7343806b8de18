import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge

@Suite("Searching the messages of all conversations", .serialized)
struct SearchAccessTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func found(
        _ text: String, by viewer: String, _ change: (inout MessageSearch) -> Void = { _ in }
    ) async throws -> [String] {
        var search = MessageSearch(text, limit: 100)
        change(&search)
        let list = try await fixture.store.search(search, in: .bananatalk, viewer: viewer)
        #expect(list.total == list.messages.count)
        return list.messages.map(\.text)
    }

    @Test(
        "finds what is in the viewer's own conversations, the newest first, and nothing that was deleted for them",
        arguments: StoreEngine.allCases)
    func access(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let (store, dialect) = (fixture.store, Dialect.bananatalk)
        let first = try await fixture.send(from: "ann", to: "bob", text: "project one").message
        fixture.clock.advance(1)
        try await fixture.send(from: "cid", to: "ann", text: "Project two")
        fixture.clock.advance(1)
        try await fixture.send(from: "bob", to: "cid", text: "project three")
        #expect(try await found("project", by: "ann") == ["Project two", "project one"])
        #expect(try await found("project", by: "bob") == ["project three", "project one"])
        #expect(try await found("project", by: "dan") == [])
        let foreign = MessageSearch("project", in: first.conversation, limit: 10)
        #expect(try await store.search(foreign, in: dialect, viewer: "dan").total == 0)
        #expect(try await store.search(foreign, in: .signalr, viewer: "ann").total == 0)

        try await store.hide(first.id, in: dialect, from: "ann", outbox: [])
        #expect(try await found("project", by: "ann") == ["Project two"])
        #expect(try await found("one", by: "bob") == ["project one"])
        _ = try await store.deleteForAll(first.id, in: dialect, at: fixture.clock.now, outbox: [])
        #expect(try await found("project", by: "bob") == ["project three"])

        try await store.update(try #require(found(conversationOf: "bob", "cid")), in: dialect) {
            $0.members.remove("bob")
        }
        #expect(try await found("project", by: "bob") == [])
    }

    private func found(conversationOf a: String, _ b: String) async throws -> String? {
        try await fixture.store.directConversation(of: a, and: b, in: .bananatalk)?.id
    }

    @Test("pages have true totals, and further conditions", arguments: StoreEngine.allCases)
    func pages(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for number in 1...7 {
            fixture.clock.advance(1)
            try await fixture.send(
                from: number % 2 == 0 ? "ann" : "bob", to: number % 2 == 0 ? "bob" : "ann", text: "note \(number)")
        }
        let middle = fixture.clock.now - 3
        for (page, expected) in [(1, ["note 7", "note 6", "note 5"]), (3, ["note 1"]), (4, [])] {
            let list = try await fixture.store.search(
                MessageSearch("note", page: page, limit: 3), in: .bananatalk, viewer: "ann")
            #expect(list.messages.map(\.text) == expected && list.total == 7)
        }
        #expect(try await found("note", by: "ann") { $0.senders = ["ann"] } == ["note 6", "note 4", "note 2"])
        #expect(try await found("note", by: "ann") { $0.since = middle } == ["note 7", "note 6", "note 5", "note 4"])
        #expect(try await found("note", by: "ann") { $0.until = middle } == ["note 3", "note 2", "note 1"])
        #expect(try await found("note", by: "ann") { $0.types = [.media] } == [])
        #expect(try await found("", by: "ann") { $0.senders = ["bob"] }.count == 4)
    }

    @Test("any part of a Thai, Chinese or Japanese text is found", arguments: StoreEngine.allCases)
    func substrings(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for text in ["ฉันชอบแมวมาก", "我们明天开会吧", "東京タワーに行く", "학교에서 만나요"] {
            try await fixture.send(from: "ann", to: "bob", text: text)
        }
        #expect(try await found("แมว", by: "bob") == ["ฉันชอบแมวมาก"])
        #expect(try await found("明天开会", by: "bob") == ["我们明天开会吧"])
        #expect(try await found("会", by: "bob") == ["我们明天开会吧"])
        #expect(try await found("ﾀﾜｰ", by: "bob") == ["東京タワーに行く"])
        #expect(try await found("교에", by: "bob") == ["학교에서 만나요"])
        #expect(try await found("明开", by: "bob") == [])
        #expect(try await found("开会 明天", by: "bob") == ["我们明天开会吧"])
    }

    @Test("finds messages of a conversation that was merged with another", arguments: StoreEngine.allCases)
    func merged(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.send(from: "ann", to: "bob", text: "from before")
        let given = Conversation(
            id: "given", dialect: .bananatalk, members: ["ann", "bob"], isDirect: false, createdAt: fixture.clock.now)
        try await fixture.store.upsert(given)
        var direct = given
        direct.isDirect = true
        try await fixture.store.upsert(direct)
        #expect(try await found("before", by: "ann") { $0.conversation = "given" } == ["from before"])
        try await fixture.store.deleteConversation("given", in: .bananatalk)
        #expect(try await found("before", by: "ann") == [])
    }
}
