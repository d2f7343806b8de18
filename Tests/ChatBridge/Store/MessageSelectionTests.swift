import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Testing

@Suite("Lists of messages")
struct MessageSelectionTests {
    private func texts(
        _ selection: MessageSelection, of user: String, in fixture: StoreFixture,
        page: MessageListPage = MessageListPage(limit: 10)
    ) async throws -> [String] {
        try await fixture.store.messages(selection, in: .bananatalk, viewer: user, page: page).messages.map(\.text)
    }

    @Test(
        "all messages of a user are listed in pages and between bounds, those of others and hidden ones never",
        arguments: StoreEngine.allCases)
    func all(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let first = try await fixture.send(from: "ann", to: "bob", text: "1").message.id
        try await fixture.send(from: "cid", to: "ann", text: "2")
        let foreign = try await fixture.send(from: "bob", to: "cid", text: "foreign").message.id
        let third = try await fixture.send(from: "bob", to: "ann", text: "3").message.id
        let hidden = try await fixture.send(from: "bob", to: "ann", text: "hidden").message.id
        try await fixture.store.hide(hidden, in: .bananatalk, from: "ann", outbox: [])
        #expect(try await texts(.all, of: "ann", in: fixture) == ["1", "2", "3"])
        let page = try await fixture.store.messages(
            .all, in: .bananatalk, viewer: "ann", page: MessageListPage(page: 2, limit: 2))
        #expect(page.messages.map(\.text) == ["1"] && page.total == 3)
        #expect(try await texts(.all, of: "ann", in: fixture, page: MessageListPage(limit: 1, after: first)) == ["2"])
        #expect(
            try await texts(.all, of: "ann", in: fixture, page: MessageListPage(limit: 1, before: third)) == ["2"])
        #expect(try await texts(.all, of: "dan", in: fixture) == [])
        for page in [MessageListPage(limit: 1, before: foreign), MessageListPage(limit: 1, after: "none")] {
            let code = await code {
                try await fixture.store.messages(.all, in: .bananatalk, viewer: "ann", page: page)
            }
            #expect(code == .invalidRequest)
        }
    }

    @Test("replies to a message are listed until they are deleted", arguments: StoreEngine.allCases)
    func replies(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let original = try await fixture.send(from: "ann", to: "bob", text: "original").message.id
        for text in ["a", "b", "c"] {
            var draft = fixture.draft(from: "bob", to: "ann", text: text)
            draft.message.replyTo = original
            let reply = try await fixture.store.save([draft])[0].message
            guard text == "b" else { continue }
            _ = try await fixture.store.deleteForAll(reply.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        }
        try await fixture.send(from: "bob", to: "ann", text: "no reply")
        #expect(try await texts(.replies(to: original), of: "ann", in: fixture) == ["a", "c"])
        #expect(try await texts(.replies(to: original), of: "cid", in: fixture) == [])
    }

    @Test(
        "messages that the details say mention a user, or are bookmarked by one, are listed for that user alone",
        arguments: StoreEngine.allCases)
    func named(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        // One model has IDs alone.
        var draft = fixture.draft(from: "ann", to: "bob", text: "mention")
        draft.message.mentions = [Mention(user: "bob", username: "Bob", startIndex: 0, endIndex: 4)]
        if engine == .signalr { draft.message.details = ["mentions": ["bob"]] }
        let mention = try await fixture.store.save([draft])[0].message.id
        let marked = try await fixture.send(from: "ann", to: "bob", text: "marked").message.id
        try await fixture.store.updateMessage(marked, in: .bananatalk, by: nil, outbox: { _ in [] }) {
            $0.bookmarks = [MessageBookmark(user: "bob", createdAt: fixture.clock.now)]
        }
        #expect(try await texts(.mentions, of: "bob", in: fixture) == ["mention"])
        #expect(try await texts(.bookmarks, of: "bob", in: fixture) == ["marked"])
        for selection in [MessageSelection.mentions, .bookmarks] {
            #expect(try await texts(selection, of: "ann", in: fixture) == [])
        }
        try await fixture.store.updateMessage(marked, in: .bananatalk, by: nil, outbox: { _ in [] }) {
            $0.bookmarks = []
        }
        _ = try await fixture.store.deleteForAll(mention, in: .bananatalk, at: fixture.clock.now, outbox: [])
        for selection in [MessageSelection.mentions, .bookmarks] {
            #expect(try await texts(selection, of: "bob", in: fixture) == [])
        }
    }
}
