import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import TestPrograms
import Testing

@testable import Jobs

@Suite("Importing objects that others have stored", .timeLimit(.minutes(5)))
struct MediaImporterTests {
    private let archive: Archive
    private let key = ObjectKey(validating: "legacy/ann/film.mp4")!

    init() async throws {
        archive = try Archive()
        try await archive.objects.put(Project.file("samples/video/short.mp4").path, as: key)
    }

    private var importer: MediaImporter {
        var policy = MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: [.mp4], audioContainers: [], imageFormats: [])
        policy.thumbnail = ThumbnailSettings(longestSide: 100)
        return MediaImporter(
            chat: archive.chat, objects: archive.objects,
            inspector: StoredInspector(store: archive.objects, workers: testWorkers), policy: policy, logger: .silent)
    }

    @Test("an object becomes a medium where it is, with measures and a preview, and can be reprocessed")
    func registered() async throws {
        guard case .registered(let media) = try await importer.register(key, as: ImportOrigin(owner: "ann")) else {
            Issue.record("it is not registered")
            return
        }
        #expect(try await archive.chat.media(media.id)?.record == media.record)
        #expect(media.owner == "ann" && media.record.key == key.rawValue && media.record.originalName == "film.mp4")
        #expect(media.record.duration != nil && media.record.dimensions != nil && media.record.blurHash != nil)
        let thumbnail = try #require(media.record.thumbnailKey)
        #expect(try await archive.keys() == [key.rawValue, thumbnail].sorted())
        let job = try await archive.job()
        #expect(try await archive.runner().carryOut(job) == .completed)
        #expect(try await archive.chat.job(job.id)?.counts.items == [.unchanged: 1])
    }

    @Test("of parallel imports of one object one registers it, and none leaves a preview that nothing shows")
    func parallel() async throws {
        let results = try await withThrowingTaskGroup(of: MediaImporter.Result.self) { group in
            for _ in 0..<4 { group.addTask { try await importer.register(key, as: ImportOrigin(owner: "ann")) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var registered: [String] = []
        var known: [String?] = []
        for result in results {
            switch result {
            case .registered(let media): registered.append(media.id)
            case .known(let media): known.append(media?.id)
            case .inUse: Issue.record("it is in use")
            }
        }
        #expect(registered.count == 1 && known == Array(repeating: registered.first, count: 3))
        try await archive.deleteOrphans()
        #expect(try await archive.keys().count == 2)
    }

    @Test("an object of another kind, a damaged one and a missing one are rejected, and nothing is left behind")
    func rejected() async throws {
        await #expect(throws: MediaError.self) {
            _ = try await importer.register(key, as: ImportOrigin(owner: "ann", kind: .image))
        }
        await #expect(throws: MediaError.self) {
            _ = try await importer.register(ObjectKey(validating: "legacy/none.mp4")!, as: ImportOrigin(owner: "ann"))
        }
        #expect(try await archive.chat.records(of: key.rawValue).isEmpty)
        #expect(try await archive.keys() == [key.rawValue])
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("deleting the medium deletes the object")
    func deleted() async throws {
        guard case .registered(let media) = try await importer.register(key, as: ImportOrigin(owner: "ann")) else {
            Issue.record("it is not registered")
            return
        }
        _ = try await archive.chat.deleteMedia(media.id, everywhere: false)
        try await archive.deleteOrphans()
        #expect(try await archive.keys().isEmpty)
    }
}
