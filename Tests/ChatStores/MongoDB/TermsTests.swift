import ChatBridge
import ChatTestSupport
import Foundation
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("Terms of messages in MongoDB")
struct TermsTests {
    private let dialect = Dialect(rawValue: "bananatalk")

    @Test("messages that an earlier release has saved get them when the store is opened, and keep them after edits")
    func earlier() async throws {
        let fixture = try StoreFixture(.models)
        for number in 1...3 {
            fixture.clock.advance(1)
            try await fixture.send(from: "ann", to: "bob", text: "Größe \(number)")
        }
        let store = try fixture.mongodb
        try await store.performSingly { transaction in
            let messages = transaction.database(of: Dialect(rawValue: "bananatalk")).messages
            try transaction.session.update(
                messages, [:], ["$unset": ["darkroom.terms": true, "darkroom.folded": true]], many: true)
            try transaction.session.delete(transaction.own.search, [:])
        }
        func found(_ text: String, _ store: any ChatStore) async throws -> [String] {
            try await store.search(MessageSearch(text, limit: 10), in: dialect, viewer: "bob").messages.map(\.text)
        }
        #expect(try await found("grosse", store) == [])
        let opened = try fixture.another()
        #expect(try await found("grosse", opened) == ["Größe 3", "Größe 2", "Größe 1"])
        let last = try await opened.search(MessageSearch("3", limit: 1), in: dialect, viewer: "bob").messages[0]
        _ = try await opened.edit(last.id, in: dialect, text: "kurz", at: fixture.clock.now, history: 0, outbox: [])
        #expect(try await found("grosse", opened) == ["Größe 2", "Größe 1"])
        #expect(try await found("kur", opened) == ["kurz"])
    }
}
