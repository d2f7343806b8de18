import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge

@Suite("Conversations with oneself", .serialized)
struct SelfConversationTests {
    private let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    @Test("are none of those with others", arguments: StoreEngine.allCases)
    func distinct(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let other = Conversation(
            id: "other", dialect: .intok, members: ["ann", "bob"], isDirect: true, createdAt: fixture.clock.now)
        #expect(try await store.directConversation(other).isNew)
        #expect(try await store.directConversation(of: "ann", and: "ann", in: .intok) == nil)
        let own = Conversation(
            id: "own", dialect: .intok, members: ["ann", "ann"], isDirect: true, createdAt: fixture.clock.now)
        #expect(try await store.directConversation(own).0.id == "own")
        #expect(try await store.directConversation(of: "ann", and: "ann", in: .intok)?.id != "other")
        #expect(try await store.directConversation(of: "bob", and: "ann", in: .intok)?.id == "other")
    }
}
