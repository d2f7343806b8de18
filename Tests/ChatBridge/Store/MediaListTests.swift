import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import Testing

@Suite("Lists of media")
struct MediaListTests {
    /// Twelve media of two owners and three kinds, three of them of each moment.
    private func fill(_ fixture: StoreFixture) async throws -> [MediaItem] {
        let kinds = [MediaKind.image, .video, .document]
        var media: [MediaItem] = []
        for number in 0..<12 {
            let record = MediaRecord(
                key: "k\(number)", kind: kinds[number % 3], mimeType: "x/y", fileSize: number + 1)
            media.append(
                MediaItem(
                    id: "m" + String(100 + number), dialect: number == 5 ? Dialect(rawValue: "signalr") : nil,
                    owner: number % 2 == 0 ? "ann" : "bob", record: record,
                    createdAt: fixture.clock.now))
            if number % 3 == 2 { fixture.clock.advance(1) }
        }
        for item in media.shuffled() {
            try await fixture.store.reserve(objects: item.record.objects)
            try await fixture.store.save(item)
        }
        return media
    }

    private func pages(
        _ filter: MediaFilter = MediaFilter(), of size: Int, _ store: any ChatStore
    ) async throws -> [[MediaItem]] {
        var (pages, position): ([[MediaItem]], MediaPosition?) = ([], nil)
        while true {
            let page = try await store.media(matching: filter, after: position, limit: size)
            guard let last = page.last else { return pages }
            pages.append(page)
            position = MediaPosition(createdAt: last.createdAt, id: last.id)
        }
    }

    @Test("have the newest first, each medium on one page, whatever the pages' size", arguments: StoreEngine.allCases)
    func paged(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = try await fill(fixture)
        for size in [1, 2, 5, 12] {
            let pages = try await pages(of: size, fixture.store)
            #expect(pages.flatMap { $0 } == media.reversed())
            #expect(pages.dropLast().allSatisfy { $0.count == size })
        }
        #expect(try await fixture.store.media(matching: MediaFilter(), after: nil, limit: 0).isEmpty)
    }

    @Test("have what fits all conditions", arguments: StoreEngine.allCases)
    func filtered(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = try await fill(fixture)
        let (second, third) = (media[3].createdAt, media[6].createdAt)
        func list(_ filter: MediaFilter) async throws -> [MediaItem] {
            try await pages(filter, of: 2, fixture.store).flatMap { $0 }
        }
        #expect(try await list(MediaFilter(owner: "ann")) == media.filter { $0.owner == "ann" }.reversed())
        #expect(try await list(MediaFilter(kind: .video)) == media.filter { $0.record.kind == .video }.reversed())
        #expect(try await list(MediaFilter(since: second, before: third)) == media[3..<6].reversed())
        let both = MediaFilter(owner: "bob", kind: .document, since: second)
        #expect(
            try await list(both)
                == media[3...].filter { $0.owner == "bob" && $0.record.kind == .document }.reversed())
        #expect(try await list(MediaFilter(owner: "nobody")).isEmpty)
    }

    @Test("go on where they were when the last medium of a page is deleted", arguments: StoreEngine.allCases)
    func deleted(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let media = try await fill(fixture)
        let page = try await fixture.store.media(matching: MediaFilter(), after: nil, limit: 5)
        let last = try #require(page.last)
        _ = try await fixture.store.deleteMedia(last.id, everywhere: false)
        let position = MediaPosition(createdAt: last.createdAt, id: last.id)
        let next = try await fixture.store.media(matching: MediaFilter(), after: position, limit: 100)
        #expect(page + next == media.reversed())
    }
}
