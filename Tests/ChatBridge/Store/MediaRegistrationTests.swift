import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import Testing

@Suite("Media whose objects others have written")
struct MediaRegistrationTests {
    private func medium(_ id: String, _ key: String = "of-others.jpg", in fixture: StoreFixture) -> MediaItem {
        MediaItem(
            id: id, owner: "ann", record: MediaRecord(key: key, kind: .image, mimeType: "image/jpeg", fileSize: 7),
            createdAt: fixture.clock.now)
    }

    @Test(
        "an object is registered once, also by many at the same time, and its medium is named",
        arguments: StoreEngine.allCases)
    func once(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let results = try await withThrowingTaskGroup(of: MediaRegistration.self) { group in
            for number in 0..<8 {
                group.addTask { try await fixture.store.register(medium("m-\(number)", in: fixture)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count { $0 == .registered } == 1)
        let media = try #require(
            try await fixture.store.register(medium("late", in: fixture)).medium)
        #expect(results.compactMap(\.medium?.id) == Array(repeating: media.id, count: 7))
        #expect(try await fixture.store.media(media.id) == media)
        #expect(try await fixture.store.abandonedObjects(reservedFor: .zero).isEmpty)
        #expect(try await fixture.store.deleteMedia(media.id, everywhere: false) == ["of-others.jpg"])
    }

    @Test(
        "an object that is reserved, about to be deleted or a message's file is not registered",
        arguments: StoreEngine.allCases)
    func inUse(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, media) = (fixture.store, MediaRecord.video("v.mp4"))
        try await store.reserve(objects: media.objects + ["reserved.jpg", "marked.jpg"])
        try await store.markForDeletion(objects: ["marked.jpg"])
        try await fixture.send(from: "ann", to: "bob", media: media)
        for key in ["reserved.jpg", "marked.jpg"] {
            #expect(try await store.register(medium(key, key, in: fixture)) == .inUse, "\(key)")
        }
        for key in media.objects {
            #expect(try await store.register(medium(key, key, in: fixture)) == .referenced(by: nil), "\(key)")
        }
        #expect(try await store.media("reserved.jpg") == nil)
    }
}

extension MediaRegistration {
    fileprivate var medium: MediaItem? { if case .referenced(let media) = self { media } else { nil } }
}
