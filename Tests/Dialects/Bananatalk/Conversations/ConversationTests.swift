import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Conversations of bananatalk")
struct ConversationTests {
    static let engines = [StoreEngine.sqlite, .bananatalk]

    /// A fixture with a conversation of Ann and Bob, and its ID.
    private func open(_ engine: StoreEngine) async throws -> (BananatalkFixture, String) {
        let fixture = try BananatalkFixture(engine)
        _ = try await fixture.text(from: fixture.ann, to: "bob")
        let page = try await fixture.service.conversations(of: fixture.ann, page: nil, limit: nil)
        return (fixture, try #require(page.items.first?["_id"]?.stringValue))
    }

    @Test(
        "the list has its pages, the conversation with the last message first, and what the caller has not read",
        arguments: engines)
    func list(engine: StoreEngine) async throws {
        let fixture = try BananatalkFixture(engine)
        try await fixture.base.store.upsert(ChatUser(id: "cid", name: "Cid", images: ["https://example.com/c.jpg"]))
        _ = try await fixture.text(from: fixture.ann, to: "bob", "1")
        fixture.base.clock.advance(1)
        _ = try await fixture.text(from: fixture.cid, to: "ann", "2")
        let last = try await fixture.text(from: fixture.cid, to: "ann", "3")
        let page = try await fixture.service.conversations(of: fixture.ann, page: nil, limit: nil)
        #expect(page.limit == 20 && page.total == 2 && page.envelope["pagination"]?["hasMore"] == false)
        let first = try #require(page.items.first)
        #expect(
            first["participants"] == [
                ["_id": "ann", "name": "ann", "images": []],
                ["_id": "cid", "name": "Cid", "images": ["https://example.com/c.jpg"]],
            ])
        #expect(first["lastMessage"]?["_id"] == .string(last) && first["lastMessage"]?["message"] == "3")
        #expect(first["lastMessageAt"] == first["lastMessage"]?["createdAt"])
        #expect(first["unreadCount"] == [["user": "ann", "count": 2], ["user": "cid", "count": 0]])
        for name in ["isGroup", "isPinned", "isMuted", "isArchived"] { #expect(first[name] == false, "\(name)") }
        let second = try await fixture.service.conversations(of: fixture.ann, page: 2, limit: 1)
        #expect(second.items.map { $0["lastMessage"]?["message"] } == ["1"])
        #expect(second.envelope["pagination"]?["pages"] == 2)
        #expect(try await fixture.service.conversations(of: ChatCaller(id: "eve"), page: 1, limit: 9).total == 0)
        #expect(
            await code { try await fixture.service.conversations(of: fixture.ann, page: 0, limit: 1) }
                == .invalidRequest)
    }

    @Test("a new conversation has every field of the data model with its default", arguments: engines)
    func defaults(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let conversation = try await fixture.service.conversation(id, for: fixture.bob)
        #expect(conversation["theme"] == ["preset": "default", "fontSize": "medium"])
        #expect(conversation["languageSettings"] == ["enableCorrections": true, "autoTranslate": false])
        #expect(conversation["isSecret"] == false && conversation["secretChatSettings"] == nil)
        for name in ["mutedBy", "archivedBy", "pinnedBy", "nicknames", "quickReplies"] {
            #expect(conversation[name] == [], "\(name)")
        }
        #expect(conversation["createdAt"]?.stringValue != nil && conversation["updatedAt"]?.stringValue != nil)
        #expect(conversation["groupName"] == nil)
    }

    @Test("a mute ends by the clock; without a duration it lasts until the member unmutes", arguments: engines)
    func mute(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let service = fixture.service
        let muted = try await service.mute(id, ["duration": 60_000.0], by: fixture.ann)
        let date = Timestamp.milliseconds(fixture.base.clock.now)
        let end = Timestamp.milliseconds(fixture.base.clock.now + 60)
        #expect(muted["isMuted"] == true)
        #expect(
            muted["mutedBy"] == [["user": "ann", "mutedUntil": .string(end), "mutedAt": .string(date)]])
        let other = try await service.conversation(id, for: fixture.bob)
        #expect(other["isMuted"] == false && other["mutedBy"] == muted["mutedBy"])
        fixture.base.clock.advance(59.999)
        #expect(try await service.conversation(id, for: fixture.ann)["isMuted"] == true)
        fixture.base.clock.advance(0.001)
        let ended = try await service.conversation(id, for: fixture.ann)
        #expect(ended["isMuted"] == false && ended["mutedBy"] == [])
        for body: JSONValue in [[:], ["duration": nil]] {
            let forever = try await service.mute(id, body, by: fixture.ann)
            fixture.base.clock.advance(1e9)
            #expect(try await service.conversation(id, for: fixture.ann)["isMuted"] == true)
            #expect(forever["mutedBy"]?[0]?["mutedUntil"] == .null)
            let page = try await service.conversations(of: fixture.ann, page: nil, limit: nil)
            #expect(page.items.first?["isMuted"] == true)
            #expect(try await service.unmute(id, by: fixture.ann)["isMuted"] == false)
        }
        #expect(await code { try await service.mute(id, ["no object"], by: fixture.ann) } == .invalidRequest)
        for wrong: JSONValue in [0, -1, 1.5, "60000", true, .integer(.max)] {
            #expect(
                await code { try await service.mute(id, ["duration": wrong], by: fixture.ann) } == .invalidRequest,
                "\(wrong)")
        }
    }

    @Test("archiving and pinning are each member's own, and can be done twice", arguments: engines)
    func archiveAndPin(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let service = fixture.service
        #expect(try await service.archive(id, true, by: fixture.ann)["archivedBy"] == ["ann"])
        #expect(try await service.archive(id, true, by: fixture.bob)["archivedBy"] == ["ann", "bob"])
        let date = JSONValue.string(Timestamp.milliseconds(fixture.base.clock.now))
        let pinned = try await service.pin(id, true, by: fixture.bob)
        #expect(pinned["isPinned"] == true && pinned["pinnedBy"] == [["user": "bob", "pinnedAt": date]])
        fixture.base.clock.advance(5)
        #expect(try await service.pin(id, true, by: fixture.bob)["pinnedBy"] == pinned["pinnedBy"])
        let page = try await service.conversations(of: fixture.ann, page: nil, limit: nil)
        #expect(page.items.first?["isArchived"] == true && page.items.first?["isPinned"] == false)
        #expect(try await service.archive(id, false, by: fixture.ann)["archivedBy"] == ["bob"])
        #expect(try await service.pin(id, false, by: fixture.bob)["pinnedBy"] == [])
    }

    @Test("reading a conversation is counted once and reported to the other member", arguments: engines)
    func read(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        _ = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.outbox()
        #expect(try await fixture.service.markConversationRead(id, by: fixture.bob) == ["markedCount": 2])
        #expect(try await fixture.outbox() == [#"ann messagesRead {"count":2,"readBy":"bob"}"#])
        #expect(try await fixture.service.markConversationRead(id, by: fixture.bob) == ["markedCount": 0])
        #expect(try await fixture.outbox().isEmpty)
        let counts = try await fixture.service.conversation(id, for: fixture.bob)["unreadCount"]
        #expect(counts == [["user": "ann", "count": 0], ["user": "bob", "count": 0]])
    }

    @Test("no operation is for a user who is not a member, or is no longer one", arguments: engines)
    func outsiders(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let service = fixture.service
        try await fixture.base.store.update(id, in: .bananatalk) { $0.members.remove("bob") }
        let operations: [@Sendable (String, ChatCaller) async throws -> JSONValue] = [
            { try await service.conversation($0, for: $1) }, { try await service.mute($0, [:], by: $1) },
            { try await service.unmute($0, by: $1) }, { try await service.archive($0, true, by: $1) },
            { try await service.archive($0, false, by: $1) }, { try await service.pin($0, true, by: $1) },
            { try await service.pin($0, false, by: $1) }, { try await service.markConversationRead($0, by: $1) },
            { try await service.setTheme($0, ["preset": "dark"], by: $1) },
            { try await service.setNickname($0, ["targetUserId": "ann", "nickname": "x"], by: $1) },
            { try await service.enableSecretChat($0, [:], by: $1) }, { try await service.quickReplies($0, for: $1) },
            { try await service.addQuickReply($0, ["text": "x"], by: $1) },
        ]
        for (index, operation) in operations.enumerated() {
            for caller in [fixture.bob, fixture.cid] {
                #expect(await code { try await operation(id, caller) } == .notAllowed, "\(index)")
            }
            #expect(await code { try await operation("none", fixture.ann) } == .conversationNotFound, "\(index)")
        }
    }
}
