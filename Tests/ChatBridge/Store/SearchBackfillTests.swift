import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

@Suite("Messages of an earlier release")
struct SearchBackfillTests {
    @Test("get their terms when the store is opened, in steps that a killed process need not repeat")
    func indexed() async throws {
        let folder = try TemporaryFolder()
        let connection = try SQLiteConnection(path: folder.database)
        for (index, step) in SQLiteMigrations.steps.prefix(while: { $0 != SQLiteMigrations.searchTerms }).enumerated() {
            try connection.execute(step)
            try connection.execute("PRAGMA user_version = \(index + 1)")
        }
        try connection.execute(
            """
            INSERT INTO conversations (number, dialect, id, settings, created_at) VALUES (1, 'signalr', 'a', '{}', 1);
            INSERT INTO members (conversation, user) VALUES (1, 'ann');
            WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 2500)
            INSERT INTO messages (number, dialect, id, conversation, sender, type, text, created_at, updated_at)
                SELECT number, 'signalr', 'm' || number, 1, 'bob', 'Text', 'Nr' || number, number, number FROM numbers;
            """)
        try SQLiteMigrations.apply(to: connection)
        // As if the process had been killed after the first step.
        try connection.transaction(durable: false) { try SQLiteMigrations.indexSomeMessages(of: connection) }
        let indexed =
            "SELECT count(DISTINCT message), coalesce((SELECT indexed FROM unindexed_messages), -1) FROM message_terms"
        let state = try connection.first(indexed) { [$0.integer(0), $0.integer(1)] }
        #expect(state == [1_000, 1_000])
        let store = try SQLiteChatStore(path: folder.database)
        for text in ["nr7", "nr1000", "nr2500"] {
            let list = try await store.search(MessageSearch(text, in: "a", limit: 1), in: .signalr, viewer: "ann")
            #expect(list.messages.count == 1, "\(text)")
        }
        #expect(try connection.first(indexed) { [$0.integer(0), $0.integer(1)] } == [2_500, -1])
    }
}
