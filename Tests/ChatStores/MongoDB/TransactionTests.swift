import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("Transactions of the MongoDB store")
struct TransactionTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture(.mongodb) }

    @Test("messages that are sent at once to one conversation are all saved, each with a place of its own")
    func concurrent() async throws {
        let fixture = fixture
        try await fixture.send(from: "ann", to: "bob", text: "first")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...40 {
                group.addTask {
                    try await fixture.send(
                        from: number % 2 == 0 ? "ann" : "bob", to: number % 2 == 0 ? "bob" : "ann", text: "\(number)")
                }
            }
            try await group.waitForAll()
        }
        let store = try fixture.mongodb
        let saved = try #require(try await store.directConversation(of: "ann", and: "bob", in: .bananatalk))
        let list = try await store.messages(
            of: saved.id, in: .bananatalk, viewer: "ann", page: MessagePage(limit: 100))
        #expect(Set(list.messages.map(\.text)) == Set((1...40).map(String.init) + ["first"]))
        #expect(try await store.unreadCount(of: "ann", conversation: saved.id, in: .bananatalk) == 20)
        #expect(try await store.unreadCount(of: "bob", conversation: saved.id, in: .bananatalk) == 21)
        // Events have the order of the messages.
        let events = try await store.dueOutbox(limit: 100)
        #expect(events.map(\.draft.message) == list.messages.map(\.id))
    }

    @Test("two processes that create the direct conversation of a pair at once create one")
    func pair() async throws {
        let (fixture, other) = (fixture, try fixture.another())
        let first = try fixture.mongodb
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in [first, other, first, other].enumerated() {
                let conversation = Conversation(
                    id: "c\(index)", dialect: .bananatalk, members: ["ann", "bob"], isDirect: true,
                    createdAt: fixture.clock.now)
                group.addTask { _ = try await store.directConversation(conversation) }
            }
            try await group.waitForAll()
        }
        #expect(try await first.conversations(of: "ann", in: .bananatalk, page: 1, limit: 10).total == 1)
    }

    @Test("an object whose deletion begins while a message that shows it is saved is either shown or deleted")
    func references() async throws {
        let store = try fixture.mongodb
        for round in 1...20 {
            let media = MediaItem(
                id: "m\(round)", owner: "ann", record: .voice("k\(round)"), createdAt: fixture.clock.now)
            try await store.save(media)
            _ = try await store.deleteMedia(media.id, everywhere: false)
            async let claimed = store.claimPendingDeletions(limit: 10)
            let draft = fixture.draft(from: "ann", to: "bob", media: media.record)
            let isShown = (try? await store.save([draft])) != nil
            #expect(try await claimed.map(\.key).contains(media.record.key) != isShown)
        }
    }

    @Test("an operation that cannot be done in its time fails as unavailable, and changes nothing")
    func deadline() async throws {
        let store = try fixture.mongodb
        try await store.upsert(ChatUser(id: "ann", name: "Ann"))
        let options = MongoDBOptions(uri: "mongodb://127.0.0.1:9/?replicaSet=none", timeout: .milliseconds(300))
        #expect(
            await code {
                try MongoDBChatStore(options, now: { Date() }, uptime: nil, requiresReservations: false, observer: nil)
            } == .unavailable)
        // Another transaction holds the document for longer than the operation may take. It is performed again where the server has
        // ended it meanwhile, so what counts is its last attempt.
        let recorded = RecordedStore()
        let (holder, late) = (try recorded.open(), try recorded.open())
        try await holder.upsert(ChatUser(id: "ann", name: "Ann"))
        let failure = try await holder.transact { transaction in
            _ = try transaction.upsert(ChatUser(id: "ann", name: "Anna"))
            return thrown(MongoError.self) {
                try late.pool.withSession(until: .now + .milliseconds(500)) { session in
                    try session.transaction {
                        _ = try StoreTransaction(session, late).upsert(ChatUser(id: "ann", name: UUID().uuidString))
                    }
                }
            }
        }
        #expect(failure != nil)
        #expect(try await holder.user("ann")?.name == "Anna")
    }

    @Test("a process whose document is not changed has ended; its reservations are abandoned then")
    func heartbeat() async throws {
        let recorded = RecordedStore()
        let store = try recorded.open()
        let (pool, collection) = (store.pool, store.layout.own.starts)
        func start(interval: Duration) throws -> ProcessStart {
            try ProcessStart(pool: pool, collection: collection, interval: interval, expiry: .milliseconds(300)) {
                try store.clock.next(1, at: 0, $0)
            }
        }
        // One that lives and one that does nothing any more.
        let (living, stuck) = (try start(interval: .milliseconds(20)), try start(interval: .seconds(3600)))
        func live() async throws -> Set<Int> { try await store.read { try living.live($0.session) } }
        #expect(try await live().isSuperset(of: [living.number, stuck.number]))
        while try await live().contains(stuck.number) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await live().contains(living.number))
        let number = living.number
        // It was taken for ended although it was only slow: it begins again, under another number.
        try await store.transact { _ = try $0.session.delete(collection, ["_id": .int64(number)]) }
        while living.number == number { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await live().contains(living.number))
    }
}

extension Dialect {
    fileprivate static let bananatalk = Dialect(rawValue: "bananatalk")
}
