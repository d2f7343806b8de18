import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

/// Swift compares strings by canonical equivalence; identifiers are compared as bytes.
@Suite("bananatalk: names that only look the same")
struct BananatalkSameLookingNamesTests {
    /// An ID, and a canonically equivalent string of other bytes, which is not a valid ID.
    private static let (rene, impossible) = ("ren\u{E9}", "rene\u{301}")

    @Test(
        "a conversation with a user who cannot exist is an error and no empty list",
        arguments: [impossible, "", "a\u{200B}", "a\nb", String(repeating: "a", count: 129)])
    func bananatalk(other: String) async throws {
        let fixture = try BananatalkFixture()
        for (sender, receiver) in [("ann", other), (other, "ann"), (other, "bob")] {
            let rejection = await code {
                try await fixture.service.conversation(of: sender, and: receiver, for: fixture.ann)
            }
            #expect(rejection == .invalidReceiver)
        }
        #expect(try await fixture.service.conversation(of: "ann", and: "zoe", for: fixture.ann).total == 0)
    }

    @Test("what is provisioned of users and conversations is kept as it was spelled last, and so is an edited text")
    func spelling() async throws {
        let fixture = try BananatalkFixture()
        let store = fixture.base.store
        for (number, name) in [Self.rene, Self.impossible, Self.impossible].enumerated() {
            #expect(
                try await store.upsert(ChatUser(id: "ann", name: name, details: ["username": .string(name)]))
                    == (number < 2))
            let conversation = Conversation(
                id: "c", dialect: Dialect(rawValue: "rooms"), members: ["ann", "bob"], name: name,
                settings: .object([name: .string(name)]),
                createdAt: fixture.base.clock.now)
            #expect(try await store.upsert(conversation) == (number < 2))
            let (user, received) = (
                try await store.user("ann"), try await store.conversation("c", in: Dialect(rawValue: "rooms"))
            )
            for text in [user?.name, user?.username, received?.name, received?.settings[name]?.stringValue] {
                #expect(text.map { Array($0.utf8) } == Array(name.utf8))
            }
        }
        let chat = fixture.service.chat
        let id = try await fixture.text(from: fixture.ann, to: "bob", Self.rene)
        let edited = try await chat.edit(id, text: Self.impossible, by: fixture.ann) { _ in [] }
        #expect(edited.editedAt != nil && Array(edited.text.utf8) == Array(Self.impossible.utf8))
    }
}
