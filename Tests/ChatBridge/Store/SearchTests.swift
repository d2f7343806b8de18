import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

@Suite("Searching messages", .serialized)
struct SearchTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func found(_ text: String, _ store: any ChatStore, in conversation: String) async throws -> [String] {
        let search = MessageSearch(text, in: conversation, limit: 100)
        let list = try await store.search(search, in: .bananatalk, viewer: "ann")
        #expect(list.total == list.messages.count)
        return list.messages.map(\.text)
    }

    @Test(
        "words are found in any order and regardless of case and accents, in every script",
        arguments: StoreEngine.allCases,
        [
            ("three one", ["One two THREE"]), ("ärger", ["Grüße ÄRGER"]), ("GRÜSSE", ["Grüße ÄRGER"]),
            ("arger grusse", ["Grüße ÄRGER"]),
            ("tw", ["One two THREE"]), ("мир", ["Привет, МИР"]), ("ดี", ["สวัสดีครับ"]), ("one four", []), ("👍", ["ok 👍"]),
            ("%", ["100%"]),
        ])
    func words(engine: StoreEngine, search: (text: String, expected: [String])) async throws {
        try fixture.use(engine)
        let (text, expected) = search
        var conversation = ""
        for text in ["One two THREE", "Grüße ÄRGER", "Привет, МИР", "สวัสดีครับ", "ok 👍", "100%"] {
            conversation = try await fixture.send(from: "ann", to: "bob", text: text).message.conversation
        }
        #expect(try await found(text, fixture.store, in: conversation) == expected)
    }

    @Test(
        "pages of a search are those of all messages with a word that begins so, newest first, each once, without hidden ones",
        arguments: StoreEngine.allCases)
    func pages(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var expected: [String] = []
        for number in 0..<30 {
            fixture.clock.advance(1)
            let text = "\(number) " + ["meet", "meet meeting meets", "other", "Meeting"][number % 4]
            let sent = try await fixture.send(from: ["bob", "cid"][number % 3 / 2], to: "ann", text: text).message
            if number.isMultiple(of: 5) {
                try await fixture.store.hide(sent.id, in: .bananatalk, from: "ann", outbox: [])
            } else if number % 4 != 2 {
                expected.insert(text, at: 0)
            }
        }
        for (page, limit) in [(1, 5), (2, 4), (4, 5), (5, 5), (100, 5), (.max, 5), (1, 0), (1, 100)] {
            let search = MessageSearch("meet", page: page, limit: limit)
            let list = try await fixture.store.search(search, in: .bananatalk, viewer: "ann")
            #expect(list.messages.map(\.text) == Array(expected.dropFirst(search.offset).prefix(limit)))
            #expect(list.total == expected.count)
        }
        let whole = try await fixture.store.search(MessageSearch("meets", limit: 1), in: .bananatalk, viewer: "bob")
        #expect(whole.total == (0..<30).filter { $0 % 4 == 1 && $0 % 3 < 2 }.count)
    }

    @Test("an edited text is found by its new words, a deleted one is not found", arguments: StoreEngine.allCases)
    func changes(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let sent = try await fixture.send(from: "ann", to: "bob", text: "ÄPFEL").message
        _ = try await fixture.store.edit(sent.id, in: .bananatalk, text: "BÄUME", at: fixture.clock.now, outbox: [])
        #expect(try await found("äpfel", fixture.store, in: sent.conversation) == [])
        #expect(try await found("bäume", fixture.store, in: sent.conversation) == ["BÄUME"])
        _ = try await fixture.store.deleteForAll(sent.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        #expect(try await found("bäume", fixture.store, in: sent.conversation) == [])
    }

    @Test(
        "after the migration older messages are found, and what users had archived or deleted for themselves still is")
    func migration() async throws {
        let folder = try TemporaryFolder()
        do {
            let old = try SQLiteConnection(path: folder.database)
            for (index, step) in SQLiteMigrations.steps.prefix(while: { $0 != SQLiteMigrations.search }).enumerated() {
                try old.execute(step)
                try old.execute("PRAGMA user_version = \(index + 1)")
            }
            try old.execute(
                """
                INSERT INTO conversations (number, dialect, id, settings, created_at) VALUES
                    (1, 'imagekit', 'a', '{"archivedBy":["ann"],"status":"accepted"}', 1),
                    (2, 'imagekit', 'd', '{"deletedBy":["ann"]}', 2), (3, 'imagekit', 'e', '{"deletedBy":["ann"]}', 3);
                INSERT INTO members (conversation, user) VALUES (1, 'ann'), (1, 'bob'), (2, 'ann'), (2, 'bob'), (3, 'ann'), (3, 'bob');
                INSERT INTO messages (number, dialect, id, conversation, sender, type, text, created_at, updated_at) VALUES
                    (1, 'imagekit', 'm1', 1, 'bob', 'text', 'Grüße ÄRGER', 1, 1), (2, 'imagekit', 'm2', 1, 'bob', 'text', 'PLAIN', 2, 2),
                    (3, 'imagekit', 'm3', 3, 'bob', 'text', 'said since', 3, 3);
                """)
        }
        let store = try SQLiteChatStore(path: folder.database)
        func texts(_ words: String) async throws -> [String] {
            let search = MessageSearch(words, in: "a", limit: 10)
            return try await store.search(search, in: .imagekit, viewer: "ann").messages.map(\.text)
        }
        #expect(try await texts("ärger") == ["Grüße ÄRGER"])
        #expect(try await texts("plain") == ["PLAIN"])
        let (list, total) = try await store.conversations(of: "ann", in: .imagekit, page: 1, limit: 10)
        #expect(Set(list.map(\.conversation.id)) == ["a", "e"] && total == 2)
        let archived = try #require(list.first { $0.conversation.id == "a" })
        #expect(archived.membership.isArchived && archived.conversation.settings == ["status": "accepted"])
        #expect(try await store.memberships(of: "a", in: .imagekit)["bob"]?.isArchived == false)
        #expect(try await store.conversations(of: "bob", in: .imagekit, page: 1, limit: 10).total == 3)
    }
}
