import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge

@Suite("What dialects store of users")
struct UserRecordTests {
    private func account(_ key: String, of user: String, _ dialect: Dialect = .rooms) -> UserRecord {
        UserRecord(
            dialect: dialect, kind: .account, key: key, user: user, value: ["hash": .string(user)],
            createdAt: Date(milliseconds: 1_000))
    }

    @Test(
        "a key belongs to one record of a kind and dialect, and is written with the user or not at all",
        arguments: StoreEngine.allCases)
    func unique(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        let ann = account("ann@x.org", of: "ann")
        #expect(try await store.insertRecords([ann], writing: ChatUser(id: "ann", name: "Ann")))
        let other = [account("new@x.org", of: "eve"), account("ann@x.org", of: "eve")]
        #expect(try await !store.insertRecords(other, writing: ChatUser(id: "eve")))
        #expect(try await store.record(.account, key: "ann@x.org", in: .rooms) == ann)
        #expect(try await store.record(.account, key: "new@x.org", in: .rooms) == nil)
        #expect(try await store.user("eve") == nil)
        #expect(try await store.user("ann")?.name == "Ann")
        #expect(try await store.insertRecords([account("ann@x.org", of: "eve", .signalr)], writing: nil))
        #expect(try await store.record(.device, key: "ann@x.org", in: .rooms) == nil)
    }

    @Test("of fifty accounts of one address that are made at once there is one", arguments: StoreEngine.allCases)
    func parallel(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                let record = account("ann@x.org", of: "user-\(number)")
                group.addTask { try await store.insertRecords([record], writing: ChatUser(id: record.user)) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(made == 1)
        let owner = try #require(try await store.record(.account, key: "ann@x.org", in: .rooms)).user
        let users = try await store.users(Set((0..<50).map { "user-\($0)" }))
        #expect(Set(users.keys) == [owner])
    }

    @Test(
        "a record is reassigned, listed and deleted for its owner alone, and with the user",
        arguments: StoreEngine.allCases)
    func owners(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        for (key, user) in [("b", "ann"), ("a", "ann"), ("c", "bob")] {
            try await store.upsertRecord(account(key, of: user))
        }
        #expect(try await store.records(.account, of: "ann", in: .rooms).map(\.key) == ["a", "b"])
        try await store.upsertRecord(account("a", of: "bob"))
        #expect(try await store.records(.account, of: "ann", in: .rooms).map(\.key) == ["b"])
        try await store.deleteRecords(.account, key: "a", of: "ann", in: .rooms)
        #expect(try await store.records(.account, of: "bob", in: .rooms).map(\.key) == ["a", "c"])
        try await store.deleteRecords(.account, key: "a", of: "bob", in: .rooms)
        try await store.deleteRecords(.account, key: nil, of: "ann", in: .rooms)
        #expect(try await store.records(.account, of: "ann", in: .rooms).isEmpty)
        #expect(try await store.records(.account, of: "bob", in: .rooms).map(\.key) == ["c"])
        try await store.upsert(ChatUser(id: "bob"))
        try await store.deleteUser("bob")
        #expect(try await store.record(.account, key: "c", in: .rooms) == nil)
        #expect(try await store.searchUsers("bob", except: "", limit: 20).isEmpty)
    }

    @Test("changes of a user's record that are made at once are all kept", arguments: StoreEngine.allCases)
    func updates(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        #expect(try await store.updateUser("ann") { $0.name = "Ann" } == nil)
        try await store.upsert(ChatUser(id: "ann", details: ["count": 0]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    _ = try await store.updateUser("ann") { user in
                        user.details = ["count": .integer((user.details["count"]?.integerValue ?? 0) + 1)]
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.user("ann")?.details["count"] == 50)
    }

    @Test(
        "users are found by any part of their user name and address, as they are now", arguments: StoreEngine.allCases)
    func search(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        for (id, name, email) in [
            ("1", "johnsmith", "js@one.example"), ("2", "Zoë Smith", "john.smith@two.example"), ("3", "สมชาย", ""),
        ] {
            try await store.upsert(ChatUser(id: id, name: name, details: ["email": .string(email)]))
        }
        func found(_ text: String, except user: String = "", limit: Int = 20) async throws -> [String] {
            try await store.searchUsers(text, except: user, limit: limit).map(\.id).sorted()
        }
        #expect(try await found("JOHN") == ["1", "2"])
        #expect(try await found("smith") == ["1", "2"])
        #expect(try await found("zoe s") == ["2"])
        #expect(try await found("มช") == ["3"])
        #expect(try await found("@two") == ["2"])
        for text in ["j", "%", "john%", ""] { #expect(try await found(text).isEmpty) }
        #expect(try await found("john", except: "1") == ["2"])
        #expect(try await found("smith", limit: 1).count == 1)
        try await store.upsert(ChatUser(id: "1", name: "renamed"))
        #expect(try await found("john") == ["2"])
        #expect(try await found("rename") == ["1"])
    }

    @Test(
        "a user is created unless there is one, and a change says what it has replaced", arguments: StoreEngine.allCases
    )
    func creation(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        let stub = ChatUser(id: "ann", name: "Ann of the token")
        let first = try #require(try await store.updateUser("ann", creating: stub) { $0.images = ["1"] })
        #expect(first.former == nil && first.user.name == "Ann of the token" && first.user.images == ["1"])
        try await store.upsert(ChatUser(id: "ann", name: "Ann", images: ["2"]))
        let second = try #require(try await store.updateUser("ann", creating: stub) { $0.images = ["3"] })
        #expect(second.former?.images == ["2"] && second.user.name == "Ann" && second.user.images == ["3"])
        #expect(try await store.user("ann") == second.user)
        #expect(try await store.updateUser("bob", creating: nil) { _ in } == nil)
    }

    @Test("of parallel changes each one that is replaced is said once", arguments: StoreEngine.allCases)
    func replaced(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        let former = try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<50 {
                group.addTask {
                    let update = try await store.updateUser("ann", creating: ChatUser(id: "ann")) { user in
                        user.images = ["\(number)"]
                    }
                    return update?.former?.images ?? []
                }
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        let last = try #require(try await store.user("ann")?.images.first)
        #expect((former + [last]).sorted() == (0..<50).map(String.init).sorted())
    }

    @Test(
        "of fifty devices that are registered at once as many are kept as are allowed",
        arguments: StoreEngine.allCases)
    func limited(engine: StoreEngine) async throws {
        let store = try StoreFixture(engine).store
        let kept = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                let record = account("\(number)", of: "ann")
                group.addTask { try await store.upsertRecord(record, limit: 8) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let records = try await store.records(.account, of: "ann", in: .rooms)
        #expect(kept == 8 && records.count == 8)
        // One that they have is written again; another user's counts as a new one.
        #expect(try await store.upsertRecord(records[0], limit: 8))
        try await store.upsertRecord(account("bob's", of: "bob"))
        #expect(try await !store.upsertRecord(account("bob's", of: "ann"), limit: 8))
        #expect(try await store.record(.account, key: "bob's", in: .rooms)?.user == "bob")
    }
}
