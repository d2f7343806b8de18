import ChatTestSupport
import Foundation
import JSON
import Synchronization
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: 50 writers at once")
struct BananatalkParallelTests {
    private static let engines = ConversationTests.engines
    private static let group = "65a0000000000000000000aa"
    private static let writers = (0..<50).map { ChatCaller(id: "u\($0)") }

    /// A poll of ann's in a group of ann and the writers.
    private func poll(_ engine: StoreEngine) async throws -> (service: BananatalkService, id: String) {
        let fixture = try BananatalkFixture(engine)
        let members = Set(Self.writers.map(\.id)).union(["ann"])
        try await fixture.base.store.upsert(
            Conversation(
                id: Self.group, dialect: .bananatalk, members: members, createdAt: fixture.base.clock.now))
        let poll = try await fixture.service.createPoll(
            ["conversationId": .string(Self.group), "question": "Which?", "options": ["a", "b"]], by: fixture.ann)
        return (fixture.service, try #require(poll["_id"]?.stringValue))
    }

    private func each(_ body: @escaping @Sendable (Int, ChatCaller) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, writer) in Self.writers.enumerated() {
                group.addTask { try await body(index, writer) }
            }
            try await group.waitForAll()
        }
    }

    @Test("each vote and each reaction counts once", arguments: engines)
    func votesAndReactions(engine: StoreEngine) async throws {
        let (service, id) = try await poll(engine)
        try await each { index, writer in
            _ = try await service.vote(["optionIndex": .integer(index % 2)], in: id, by: writer)
            _ = try await service.react(to: id, emoji: "👍", by: writer)
        }
        let poll = try await service.poll(id, for: Self.writers[0])
        #expect(poll["options"]?.arrayValue?.map { $0["voteCount"] } == [25, 25])
        #expect(poll["totalVotes"] == 50 && poll["uniqueVoters"] == 50)
        let reactions = try await service.reactions(to: id, for: Self.writers[0]).arrayValue ?? []
        #expect(reactions.count == 50 && Set(reactions.map { $0["user"]?.stringValue }).count == 50)
    }

    @Test("the receiver's unread count is the number of messages, less those that were read", arguments: engines)
    func unread(engine: StoreEngine) async throws {
        let fixture = try BananatalkFixture(engine)
        let (service, ann, bob) = (fixture.service, fixture.ann, fixture.bob)
        let marked = Mutex(0)
        try await each { index, _ in
            _ = try await service.sendText(from: ann, to: "bob", text: "\(index)")
            if index % 10 == 0 {
                let count = try await service.markAsRead(from: "ann", by: bob)
                marked.withLock { $0 += count }
            }
        }
        let read = marked.withLock { $0 }
        let last = try await fixture.text(from: ann, to: "bob", "last")
        let message = try #require(try await fixture.base.store.message(last, in: .bananatalk, viewer: nil))
        let unread = try await fixture.base.store.unreadCount(
            of: "bob", conversation: message.conversation, in: .bananatalk)
        #expect(unread == 51 - read && read >= 5)
        #expect(try await service.markAsRead(from: "ann", by: bob) == unread)
    }

    @Test("of 50 messages at once as many are sent as the day's allowance has left", arguments: engines)
    func allowance(engine: StoreEngine) async throws {
        var limits = BananatalkLimits()
        limits.allowance = DailyAllowance(regular: 20, visitor: 10)
        let fixture = try BananatalkFixture(engine, limits: limits)
        let (service, ann) = (fixture.service, fixture.ann)
        let sent = Mutex(0)
        let refused = Mutex(0)
        try await each { index, _ in
            do {
                _ = try await service.sendText(from: ann, to: "bob", text: "\(index)")
                sent.withLock { $0 += 1 }
            } catch let error as ChatError where error.code == .limitExceeded {
                refused.withLock { $0 += 1 }
            }
        }
        #expect(sent.withLock { $0 } == 20 && refused.withLock { $0 } == 30)
        #expect(try await service.messages(of: fixture.bob, page: MessageListPage(limit: 100)).total == 20)
    }
}
