import ChatTestSupport
import Testing

@testable import ChatBridge

/// Swift compares strings by canonical equivalence; identifiers are compared as bytes.
struct SameLookingNamesTests {
    @Test("messages are marked as read by their ids' bytes", arguments: StoreEngine.allCases)
    func read(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.message.id = "K"
        let conversation = try await fixture.store.save([draft])[0].message.conversation
        for (id, marked) in [("\u{212A}", [String]()), ("K", ["K"])] {
            let found = try await fixture.store.markRead(
                conversation: conversation, in: .bananatalk, reader: "bob", selection: .these([id]),
                at: fixture.clock.now
            ) { _ in [] }
            #expect(found == marked)
        }
    }
}
