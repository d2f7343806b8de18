import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: changes of messages")
struct BananatalkChangeTests {
    @Test("a message is edited within 15 minutes, by its sender alone")
    func editing() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.outbox()
        fixture.base.clock.advance(900)
        let edited = try await service.edit(id, text: "Better", by: fixture.ann)
        #expect(edited["message"] == "Better" && edited["isEdited"] == true)
        #expect(edited["editedAt"] == "2024-01-15T10:45:00.000Z" && edited["updatedAt"] == edited["editedAt"])
        let payload = #"messageEdited {"messageId":"\#(id)"}"#
        #expect(try await fixture.outbox() == ["bob \(payload)", "ann \(payload)"])
        #expect(await code { try await service.edit(id, text: "x", by: fixture.bob) } == .notAllowed)
        fixture.base.clock.advance(1)
        #expect(await code { try await service.edit(id, text: "x", by: fixture.ann) } == .editingTimeExpired)
        _ = try await service.delete(id, forAll: true, by: fixture.ann)
        #expect(await code { try await service.edit(id, text: "x", by: fixture.ann) } == .messageNotFound)
    }

    @Test("pinning again changes and delivers nothing; a deleted message is not pinned")
    func pinning() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.outbox()
        for user in [fixture.bob, fixture.ann] {
            let pinned = try await service.setPinned(true, id, by: user)
            #expect(pinned["pinned"] == true && pinned["pinnedBy"] == "bob")
            #expect(pinned["pinnedAt"] == "2024-01-15T10:30:00.000Z")
        }
        #expect(try await fixture.outbox().map { $0.prefix(17) } == ["bob messagePinned", "ann messagePinned"])
        #expect(await code { try await service.setPinned(true, id, by: fixture.cid) } == .notAllowed)
        _ = try await service.delete(id, forAll: true, by: fixture.ann)
        #expect(await code { try await service.setPinned(true, id, by: fixture.ann) } == .messageNotFound)
        #expect(try await service.message(id, for: fixture.ann)["pinned"] == false)
    }

    @Test("a reaction is added and removed once")
    func reactions() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.outbox()
        for _ in 0..<2 {
            #expect(
                try await service.react(to: id, emoji: "👍", by: fixture.bob) == [["user": "bob", "emoji": "👍"]])
        }
        for _ in 0..<2 { #expect(try await service.unreact(to: id, emoji: "👍", by: fixture.bob) == []) }
        #expect(try await fixture.outbox().count == 4)
        #expect(await code { try await service.react(to: id, emoji: "no", by: fixture.bob) } == .invalidRequest)
        #expect(await code { try await service.react(to: id, emoji: "👍", by: fixture.cid) } == .notAllowed)
    }
}
