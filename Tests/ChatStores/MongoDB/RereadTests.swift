import ChatBridge
import ChatTestSupport
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("What MongoDB does not find by its identifier")
struct RereadTests {
    private let recorded = RecordedStore()

    /// The finds of users that were sent, and whether each waits for a time of the cluster.
    private func finds() -> [Bool] {
        recorded.commands().map(\.command).filter { $0["find"] == "darkroom_users" }
            .map { $0["readConcern"]?.documentValue?["afterClusterTime"] != nil }
    }

    @Test("is read once more, after what the server had when it answered; what is found is not")
    func reread() async throws {
        let store = try recorded.open()
        let user = { @Sendable (transaction: StoreTransaction) in
            try transaction.session.first(transaction.own.users, ["_id": "ann"]) != nil
        }
        _ = recorded.commands()
        #expect(try await store.read(user) == false)
        #expect(finds() == [false, true])
        try await store.upsert(ChatUser(id: "ann"))
        _ = recorded.commands()
        #expect(try await store.read(user))
        #expect(finds() == [false])
    }

    @Test(
        "is not read again in a transaction, whose reads are of one moment, nor where a condition is of something else")
    func once() async throws {
        let store = try recorded.open()
        _ = recorded.commands()
        _ = try await store.transact { transaction in
            _ = try transaction.session.first(transaction.own.users, ["_id": "ann"])
        }
        #expect(finds() == [false])
        _ = try await store.read { transaction in
            _ = try transaction.session.first(transaction.own.users, ["searchKeys": "ann"])
        }
        #expect(finds() == [false])
    }
}
