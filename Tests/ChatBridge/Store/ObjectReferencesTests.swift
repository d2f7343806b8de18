import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

struct ObjectReferencesTests {
    @Test("a message fulfils the reservations of its objects", arguments: StoreEngine.allCases)
    func fulfilled(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = MediaRecord.video("v.mp4")
        try await fixture.store.reserve(objects: media.objects + ["lost.mp4"])
        try await fixture.send(from: "ann", to: "bob", media: media)
        fixture.clock.advance(1)
        #expect(try await fixture.store.abandonedObjects(reservedFor: .seconds(1)) == ["lost.mp4"])
        #expect(try await fixture.store.abandonedObjects(reservedFor: .seconds(3600)).isEmpty)
    }

    @Test(
        "an object that a forwarded message references survives the deletion of the original",
        arguments: StoreEngine.allCases)
    func shared(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = MediaRecord.video("v.mp4")
        let original = try await fixture.send(from: "ann", to: "bob", media: media)
        let origin = ForwardOrigin(sender: "ann", messageID: original.message.id, text: "")
        let forwarded = try await fixture.send(from: "bob", to: "cid", media: media, forwardedFrom: origin)
        let store = fixture.store
        #expect(
            try await store.deleteForAll(original.message.id, in: .bananatalk, at: fixture.clock.now, outbox: []) == [])
        #expect(try await store.pendingDeletions(limit: 10).isEmpty)
        let freed = try await store.deleteForAll(
            forwarded.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        #expect(Set(freed ?? []) == Set(media.objects))
        #expect(Set(try await store.pendingDeletions(limit: 10)) == Set(media.objects))
        try await store.release(objects: media.objects)
        #expect(try await store.pendingDeletions(limit: 10).isEmpty)
        #expect(
            try await store.deleteForAll(original.message.id, in: .bananatalk, at: fixture.clock.now, outbox: []) == nil
        )
    }

    @Test("a deleted medium cannot be forwarded", arguments: StoreEngine.allCases)
    func gone(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = MediaRecord.video("v.mp4")
        let original = try await fixture.send(from: "ann", to: "bob", media: media)
        _ = try await fixture.store.deleteForAll(
            original.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        let origin = ForwardOrigin(sender: "ann", messageID: original.message.id, text: "")
        let error = await thrown(ChatError.self) {
            try await fixture.send(from: "bob", to: "cid", media: media, forwardedFrom: origin)
        }
        #expect(error?.code == .notFound)
    }

    @Test(
        "objects reserved in vain are marked for deletion, but never a referenced one",
        arguments: StoreEngine.allCases)
    func pendingDeletionRows(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = MediaRecord.video("v.mp4")
        try await fixture.send(from: "ann", to: "bob", media: media)
        try await fixture.store.reserve(objects: ["refused.mp4"])
        try await fixture.store.markForDeletion(objects: ["refused.mp4"] + media.objects)
        #expect(try await fixture.store.pendingDeletions(limit: 10) == ["refused.mp4"])
    }

    @Test(
        "deleting a conversation marks the objects for deletion that only its messages reference",
        arguments: StoreEngine.allCases)
    func conversation(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        try await fixture.send(from: "ann", to: "bob", media: .voice("w.m4a"))
        try await fixture.send(from: "ann", to: "cid", media: .voice("x.m4a"))
        #expect(try await fixture.store.deleteConversation(saved.message.conversation, in: .bananatalk))
        #expect(Set(try await fixture.store.pendingDeletions(limit: 10)) == ["v.mp4", "v.mp4-thumb.jpg", "w.m4a"])
        #expect(try await !fixture.store.deleteConversation(saved.message.conversation, in: .bananatalk))
    }

    @Test("a medium of the native API is stored, found and deleted with its objects", arguments: StoreEngine.allCases)
    func owned(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = MediaItem(id: "m1", owner: "ann", record: .video("n.mp4"), createdAt: fixture.clock.now)
        try await fixture.store.reserve(objects: media.record.objects)
        try await fixture.store.save(media)
        #expect(try await fixture.store.media("m1") == media)
        #expect(try await fixture.store.abandonedObjects(reservedFor: .zero).isEmpty)
        #expect(Set(try await fixture.store.deleteMedia("m1", everywhere: false) ?? []) == Set(media.record.objects))
        #expect(try await fixture.store.deleteMedia("m1", everywhere: false) == nil)
        #expect(try await fixture.store.media("m1") == nil)
    }
}
