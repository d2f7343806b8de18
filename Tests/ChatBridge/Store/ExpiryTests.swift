import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@Suite("Files that have expired")
struct ExpiryTests {
    private func select(_ request: MediaJobRequest, limit: Int, in store: any ChatStore) async throws
        -> [(item: ExpiredFile, bytes: Int)]
    {
        var (found, cursor): ([(ExpiredFile, Int)], SelectionCursor?) = ([], nil)
        repeat {
            let page = try await store.select(request, after: cursor, limit: limit)
            #expect(page.objects.count <= limit)
            found += page.objects.map { item in
                (ExpiredFile(item: item) ?? ExpiredFile(key: item, owner: ""), page.sizes[item] ?? 0)
            }
            cursor = page.next
        } while cursor != nil
        return found
    }

    @Test(
        "are selected by kind and age, the oldest first, those of each user and each once, whatever the pages' size",
        arguments: StoreEngine.allCases)
    func selected(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        var dates: [Date] = []
        for number in 0..<4 {
            try await fixture.send(from: "ann", to: "bob", media: .video("v/\(number)"))
            try await fixture.send(from: "bob", to: "ann", media: .voice("a/\(number)"))
            dates.append(fixture.clock.now)
            // The same object, of another user.
            if number == 1 {
                try await fixture.store.save(
                    MediaItem(id: "m", owner: "cid", record: .video("v/1"), createdAt: fixture.clock.now))
            }
            if number > 0 { fixture.clock.advance(1) }
        }
        let request = MediaJobRequest(expiring: [
            .init(kind: .video, before: dates[3]), .init(kind: .audio, before: dates[1]),
            .init(kind: .image, before: dates[3]),
        ])
        // Of one moment in any order, which is the same for all pages.
        let videos: Set = ["v/0 ann", "v/1 ann", "v/1 cid"]
        for limit in [1, 2, 3, 100] {
            let found = try await select(request, limit: limit, in: fixture.store)
            #expect(Set(found.prefix(3).map { "\($0.item.key) \($0.item.owner)" }) == videos, "\(limit): \(found)")
            #expect(found.count == 4 && found.last?.item == ExpiredFile(item: "v/2 ann"))
            #expect(found.allSatisfy { $0.bytes == 15_000_000 })
        }
        let voices = MediaJobRequest(expiring: [.init(kind: .audio, before: dates[2])])
        let found = try await select(voices, limit: 1, in: fixture.store)
        #expect(Set(found.map(\.item.key)) == ["a/0", "a/1"])
        #expect(try await select(MediaJobRequest(expiring: []), limit: 1, in: fixture.store).isEmpty)
    }

    @Test(
        "are removed from their message, which stays; others that share the object keep it",
        arguments: StoreEngine.allCases)
    func removed(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        _ = try await store.updateWebhookEndpoint("a") { endpoint, _ in
            endpoint = WebhookEndpoint(
                id: "a", url: "https://a", kinds: [.mediaDeleted], secrets: [], createdAt: fixture.clock.now)
        }
        var draft = fixture.draft(from: "ann", to: "bob", text: "words")
        draft.message.attachments = [.video("v"), .voice("a")]
        let message = try await store.save([draft])[0].message
        try await store.save(MediaItem(id: "m", owner: "bob", record: .video("v"), createdAt: fixture.clock.now))
        fixture.clock.advance(5)
        let date = fixture.clock.now
        #expect(try await store.removeFile("v", from: message.id, in: message.dialect, at: date))
        #expect(try await !store.removeFile("v", from: message.id, in: message.dialect, at: date))
        #expect(try await !store.removeFile("v", from: "none", in: message.dialect, at: date))
        let left = try #require(try await store.message(message.id, in: message.dialect, viewer: "bob"))
        #expect(left.attachments.map(\.key) == ["a"] && left.text == "words" && left.deletedAt == nil)
        #expect(try await store.mediaUsage(of: "ann") == MediaUsage(items: 1, bytes: 30_000))
        #expect(try await store.mediaUsage(of: "bob").items == 1)
        #expect(try await store.pendingDeletions(limit: 10).isEmpty)
        _ = try await store.deleteMedia("m", everywhere: false)
        #expect(try await Set(store.pendingDeletions(limit: 10)) == ["v", "v-thumb.jpg"])
        #expect(try await store.removeFile("a", from: message.id, in: message.dialect, at: date))
        #expect(try await store.message(message.id, in: message.dialect, viewer: "bob")?.attachments == [])
        let events = try await store.dueWebhooks(for: "a", limit: 10).map(\.event)
        #expect(events.map(\.payload["key"]) == ["v", "v", "a"])
        #expect(events.map(\.payload["message"]) == [.string(message.id), nil, .string(message.id)])
        #expect(events.map(\.payload["media"]?.stringValue) == [nil, "m", nil])
    }
}
