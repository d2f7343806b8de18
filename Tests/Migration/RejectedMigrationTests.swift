import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import TestSupport
import Testing

@testable import Migration

@Suite("A migration to MongoDB that cannot be, or that is undone")
struct RejectedMigrationTests {
    private let fixture: MigrationFixture

    init() throws { fixture = try MigrationFixture() }

    private func error(of body: () async throws -> Void) async -> MigrationError? {
        do {
            try await body()
            return nil
        } catch { return error as? MigrationError }
    }

    @Test("is rejected where the target has anything of its own; the source is written as before")
    func notEmpty() async throws {
        let (source, target) = (try fixture.source, try fixture.target())
        try await target.upsert(ChatUser(id: "zoe"))
        let rejected = await error { _ = try await StoreMigration(from: source, to: target).run() }
        #expect(rejected == .notEmpty(collection: "darkroom_users"))
        try await source.upsert(ChatUser(id: "ann"))
        await target.close()
    }

    @Test(
        "is rejected where the chat server has a message or conversation of the same ID, which is named, and not touched"
    )
    func sameID() async throws {
        let source = try fixture.source
        try await FilledStore(fixture).fill()
        let server = try ChatServerDatabase()
        let target = try fixture.target()
        let migration = StoreMigration(from: source, to: target)
        let room: JSONValue = ["_id": "rooms-group", "participants": [], "kept": true]
        try await server.insert([room], into: "\(fixture.database)-rooms.chatrooms")
        #expect(
            await error { _ = try await migration.run() } == .exists("the rooms conversation rooms-group"))
        #expect(try await server.find("\(fixture.database)-rooms.chatrooms") == [room])
        // Nothing was begun: there is nothing to abort, and the source is written.
        #expect(await error { _ = try await migration.abort() } == .nothingToAbort)
        try await source.upsert(ChatUser(id: "ann", name: "Ann"))

        // A conversation of the same two users would be a second one.
        let other = try MigrationFixture()
        try await FilledStore(other).fill()
        let pair: JSONValue = [
            "_id": "x", "participants": ["ann", "bob"], "isGroup": false, "unreadCount": [],
            "createdAt": ["$date": "2024-01-01T00:00:00Z"],
        ]
        try await server.insert([pair], into: "\(other.database)-bananatalk.conversations")
        let second = try other.target()
        let rejected = await error { _ = try await StoreMigration(from: try other.source, to: second).run() }
        #expect(rejected == .exists("a direct bananatalk conversation of the same users, x,"))
        await target.close()
        await second.close()
    }

    @Test("is rejected where the target has the copy of another store")
    func anotherMigration() async throws {
        let (source, target) = (try fixture.source, try fixture.target())
        try await source.upsert(ChatUser(id: "ann"))
        _ = try await StoreMigration(from: source, to: target).run(id: "first")
        let other = try MigrationFixture()
        let rejected = await error { _ = try await StoreMigration(from: try other.source, to: target).run() }
        #expect(rejected == .other(migration: "first"))
        await target.close()
    }

    @Test("names what differs, and the copy cannot be used")
    func differences() async throws {
        let source = try fixture.source
        try await FilledStore(fixture).fill()
        let target = try fixture.target()
        // Everything is copied, and then the process is killed.
        await #expect(throws: ChatError.self) {
            let failing = FailingTarget(target, after: MigrationSection.allCases.count, writesLast: true)
            _ = try await StoreMigration(from: source, to: failing).run()
        }
        let server = try ChatServerDatabase()
        let messages = try await source.messages(
            of: "intok-group", in: FilledStore.dialects[2], viewer: "ann", page: MessagePage(limit: 50)
        ).messages
        try await server.update(
            "\(fixture.database)-intok.messages", ["_id": ["$oid": .string(messages[3].id)]],
            ["$set": ["originalContent": "another"]])
        try await server.update("\(fixture.database).darkroom_users", ["_id": "bob"], ["$set": ["name": "Eve"]])
        let report = try #require(try await StoreMigration(from: source, to: target).run())
        #expect(
            report.differences == [
                "darkroom_users \"bob\" differs",
                "intok conversation intok-group: message \(messages[3].id) differs",
            ])
        #expect(report.parts.filter { !$0.isEqual }.map(\.name).count == 2)
        #expect(throws: ChatError.self) { _ = try fixture.target(isMigrating: false) }
        await target.close()
    }

    @Test("that is undone leaves nothing in MongoDB but what the chat server had, and another one can be made")
    func aborted() async throws {
        let source = try fixture.source
        try await FilledStore(fixture).fill()
        let server = try ChatServerDatabase()
        let room: JSONValue = ["_id": "own", "participants": [], "kept": true]
        try await server.insert([room], into: "\(fixture.database)-rooms.chatrooms")
        let target = try fixture.target()
        await #expect(throws: ChatError.self) {
            let failing = FailingTarget(target, after: MigrationSection.allCases.count, writesLast: true)
            _ = try await StoreMigration(from: source, to: failing).run()
        }
        await #expect(throws: ChatError.self) { try await source.upsert(ChatUser(id: "new")) }
        let isComplete = try await StoreMigration(from: source, to: target).abort()
        #expect(!isComplete)
        #expect(try await server.find("\(fixture.database)-rooms.chatrooms") == [room])
        #expect(try await server.find("\(fixture.database)-rooms.messages") == [])
        #expect(try await server.find("\(fixture.database).darkroom_users") == [])
        try await source.upsert(ChatUser(id: "new"))
        let report = try #require(try await StoreMigration(from: source, to: target).run())
        #expect(report.differences == [])
        await target.close()
    }

    @Test("makes SQLite read-only for all processes from its first moment, also after a restart")
    func readOnly() async throws {
        let source = try fixture.source
        try await source.upsert(ChatUser(id: "ann"))
        let other = try fixture.fixture.anotherSQLite()
        _ = try await source.beginMigration("m")
        for store in [source, other, try fixture.fixture.anotherSQLite()] {
            let error = await thrown(ChatError.self) { try await store.upsert(ChatUser(id: "bob")) }
            #expect(error?.reason == .readOnly && error?.code.rawValue == "read_only")
            await #expect(throws: ChatError.self) { try await store.reserve(objects: ["a"]) }
            await #expect(throws: ChatError.self) { try await store.check() }
            // What was delivered could not be removed.
            await #expect(throws: ChatError.self) { _ = try await store.dueOutbox(limit: 1) }
            #expect(try await store.user("ann")?.id == "ann")
        }
        try await source.abortMigration()
        try await other.upsert(ChatUser(id: "bob"))
    }
}
