import ChatBridge
import ChatTestSupport
import Foundation
import TestPrograms
import TestSupport
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("Connections of the MongoDB store")
struct PoolTests {
    private static var oneConnection: String { get throws { try MongoServer.uri + "&maxPoolSize=1" } }

    @Test("operations that are performed at once need one connection each: with a single one all are done")
    func singleConnection() async throws {
        let recorded = RecordedStore()
        var options = MongoDBOptions(uri: try Self.oneConnection, database: recorded.database, timeout: .seconds(300))
        options.databasePrefix = recorded.database + "-"
        let store = try MongoDBChatStore(options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...16 {
                let conversation = Conversation(
                    id: "c\(number)", dialect: Dialect(rawValue: "rooms"), members: ["ann", "bob"], createdAt: Date())
                group.addTask { try await store.upsert(conversation) }
            }
            try await group.waitForAll()
        }
        let found = try await store.conversations(of: "ann", in: Dialect(rawValue: "rooms"), page: 1, limit: 50)
        #expect(found.total == 16)
        await store.close()
    }

    @Test("an operation waits for a connection until its own deadline, however long the pool would")
    func deadline() throws {
        let pool = try MongoPool(uri: try Self.oneConnection, timeout: .seconds(3600))
        try pool.withSession(until: .now + .seconds(600)) { (_) -> Void in
            #expect(throws: MongoError.self) {
                try pool.withSession(until: .now + .milliseconds(20)) { _ in Issue.record("there are two connections") }
            }
        }
        // One whose time is over, as it waited for a thread until then, searches for no server.
        let unreachable = try MongoPool(uri: "mongodb://127.0.0.1:9/?replicaSet=none", timeout: .seconds(3600))
        #expect(throws: MongoError.self) { try unreachable.withSession(until: .now) { _ in } }
        // The connection was returned.
        try pool.withSession(until: .now + .seconds(600)) { _ in }
    }

    @Test("a heartbeat that comes after the end of a start begins no other")
    func heartbeatAfterEnd() async throws {
        let recorded = RecordedStore()
        let store = try recorded.open()
        let (pool, collection) = (store.pool, store.layout.own.starts)
        for _ in 1...10 {
            let start = try ProcessStart(
                pool: pool, collection: collection, interval: .milliseconds(1), expiry: .seconds(600)
            ) { try store.clock.next(1, at: 0, $0) }
            start.end()
            start.beatUnlessEnded()
        }
        #expect(try await store.read { try store.start.live($0.session) } == [store.start.number])
    }

    @Test("a cluster that cannot be used is reported with the setting to check, and without the password")
    func unreachable() throws {
        let uri = "mongodb://user:secret@127.0.0.1:9/?replicaSet=none"
        let error = thrown(ChatError.self) {
            _ = try MongoDBChatStore(MongoDBOptions(uri: uri, timeout: .milliseconds(100)))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("DARKROOM_MONGODB_URL") == true)
        #expect(error?.message.contains("mongodb://127.0.0.1:9/") == true)
        #expect(error?.message.contains("secret") == false)
    }
}
