import ChatTestSupport
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

extension SQLiteChatStore {
    /// Fills the store with rooms of the same thousand members; `ann` is in each, and the oldest room has one more
    /// member.
    fileprivate func fill(rooms: Int) throws {
        try connection.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rooms))
            INSERT INTO conversations (number, dialect, id, settings, created_at) SELECT i, 'rooms', 'r' || i, '{}', 0 FROM n;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
            INSERT INTO members (conversation, user) SELECT number, 'member-' || i FROM n, conversations;
            INSERT INTO members (conversation, user) SELECT number, 'ann' FROM conversations;
            INSERT INTO members (conversation, user) VALUES (1, 'oldest');
            """)
    }
}

@Suite("Contacts", .serialized)
struct ContactTests {
    @Test(
        "the number of memberships read for contacts is bounded",
        arguments: [(19, 1000), (40, 999)])
    func bounded(rooms: Int, contacts: Int) async throws {
        let store = try StoreFixture(isInMemory: true).sqlite
        try await store.fill(rooms: rooms)
        let found = try await store.contacts(of: "ann", in: .rooms, limit: 10_000)
        #expect(found.count == contacts)
        #expect(!found.contains("ann") && found.contains("oldest") == (contacts == 1000))
        #expect(try await store.contacts(of: "ann", in: .signalr, limit: 10_000) == [])
        #expect(try await store.contacts(of: "ann", in: .rooms, limit: 7).count == 7)
    }

    @Test(
        "repeated requests read nothing; a change by another process is seen after five seconds",
        arguments: StoreEngine.allCases)
    func remembered(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, other) = (fixture.store, try fixture.another())
        let room = Conversation(id: "r", dialect: .rooms, members: ["ann", "bob"], createdAt: fixture.clock.now)
        #expect(try await store.contacts(of: "ann", in: .rooms, limit: 10) == [])
        try await other.upsert(room)
        fixture.clock.step(86_400)
        fixture.clock.advance(4)
        #expect(try await store.contacts(of: "ann", in: .rooms, limit: 10) == [])
        #expect(try await store.contacts(of: "bob", in: .rooms, limit: 10) == ["ann"])
        fixture.clock.advance(1)
        #expect(try await store.contacts(of: "ann", in: .rooms, limit: 10) == ["bob"])
    }

    @Test("a member who joins or leaves changes the contacts of all members at once", arguments: StoreEngine.allCases)
    func changed(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        func contacts(_ user: String, in dialect: Dialect = .rooms) async throws -> Set<String> {
            try await store.contacts(of: user, in: dialect, limit: 10)
        }
        var room = Conversation(id: "r", dialect: .rooms, members: ["ann", "bob"], createdAt: fixture.clock.now)
        for members: Set<String> in [["ann", "bob"], ["ann", "bob", "cid"], ["bob", "cid"], ["ann", "bob", "cid"]] {
            for user in ["ann", "bob", "cid"] { _ = try await contacts(user) }
            room.members = members
            try await store.upsert(room)
            for user in ["ann", "bob", "cid"] {
                #expect(try await contacts(user) == (members.contains(user) ? members.subtracting([user]) : []))
            }
        }
        try await store.deleteUser("cid")
        #expect(try await contacts("ann") == ["bob"])
        try await store.deleteConversation("r", in: .rooms)
        #expect(try await contacts("ann") == [])
        #expect(try await contacts("bob") == [])
        #expect(try await contacts("ann", in: .bananatalk) == [])
        try await fixture.send(from: "ann", to: "bob")
        #expect(try await contacts("ann", in: .bananatalk) == ["bob"])
    }

    @Test("the cache is bounded, and emptied when it is full")
    func memory() {
        var cache = ContactCache()
        var reads = 0
        func ask(_ user: Int, _ count: Int) -> Set<String> {
            cache.contacts(of: "\(user)", in: .rooms, limit: 1, now: 0) {
                reads += 1
                return Set((0..<count).map { "\($0)" })
            }
        }
        let third = ContactCache.maximumNames / 3
        for user in [1, 2, 1, 2] { #expect(ask(user, third).count == third) }
        #expect(reads == 2)
        for user in [3, 4, 3, 4] { _ = ask(user, third) }
        #expect(reads == 4)
        _ = ask(1, third)
        #expect(reads == 5)
    }
}
