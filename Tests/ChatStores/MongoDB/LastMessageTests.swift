import ChatBridge
import ChatTestSupport
import Foundation
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("The last message in documents of conversations")
struct LastMessageTests {
    /// What the documents of a dialect's conversations and messages have.
    private func documents(_ fixture: StoreFixture, of dialect: Dialect) async throws -> String {
        try await fixture.mongodb.performSingly { transaction in
            let database = transaction.database(of: dialect)
            let collections = [database.conversations, database.messages]
            return "\(try collections.flatMap { try transaction.session.find($0, [:]) })"
        }
    }

    @Test(
        "a text that is edited or deleted for everyone is in no document any more, and that of a later message stays",
        arguments: ["bananatalk", "imagekit", "intok", "rooms", "signalr"])
    func texts(name: String) async throws {
        let (fixture, dialect) = (try StoreFixture(.models), Dialect(rawValue: name))
        let (store, clock) = (fixture.store, fixture.clock)
        let conversation = fixture.ids.next(at: clock.now).description
        try await store.upsert(
            Conversation(id: conversation, dialect: dialect, members: ["ann", "bob"], createdAt: clock.now))
        func send(_ text: String) async throws -> String {
            clock.advance(1)
            let message = ChatMessage(
                id: fixture.ids.next(at: clock.now).description, dialect: dialect, conversation: conversation,
                sender: "ann", type: .text, text: text, createdAt: clock.now)
            let draft = MessageDraft(
                message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
            ) { _ in [] }
            return try await store.save([draft])[0].message.id
        }
        let first = try await send("quagga")
        #expect(try await documents(fixture, of: dialect).contains("quagga"))
        _ = try await store.edit(first, in: dialect, text: "walrus", at: clock.now, history: 0, outbox: [])
        let edited = try await documents(fixture, of: dialect)
        #expect(!edited.contains("quagga") && edited.contains("walrus"))
        _ = try await store.deleteForAll(first, in: dialect, at: clock.now, outbox: [])
        #expect(try await !documents(fixture, of: dialect).contains("walrus"))
        let (second, third) = (try await send("turnip"), try await send("zephyr"))
        let before = try await summary()
        _ = try await store.deleteForAll(second, in: dialect, at: clock.now, outbox: [])
        #expect(try await summary() == before)
        let all = try await documents(fixture, of: dialect)
        #expect(!all.contains("turnip") && all.contains("zephyr"))
        _ = try await store.deleteForAll(third, in: dialect, at: clock.now, outbox: [])
        #expect(try await !documents(fixture, of: dialect).contains("zephyr"))

        func summary() async throws -> String? {
            try await store.summary(of: conversation, in: dialect, for: "bob")?.lastMessage?.text
        }
    }
}
