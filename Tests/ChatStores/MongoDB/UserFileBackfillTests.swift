import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("The files of users in MongoDB")
struct UserFileBackfillTests {
    @Test("those that an earlier release has saved are counted when the store is opened, in steps, each once")
    func earlier() async throws {
        let fixture = try StoreFixture(.mongodb)
        for number in 0..<250 {
            try await fixture.send(from: "ann", to: "bob", media: .voice("v/\(number)"))
        }
        let store = try fixture.mongodb
        let media = MediaItem(
            id: "m", owner: "ann", record: .video("v/0"), createdAt: fixture.clock.now)
        try await store.save(media)
        let before = try await store.userFiles(of: "ann", matching: MediaFilter(), after: nil, limit: 1_000)
        try await store.performSingly { transaction in
            let own = transaction.own
            try transaction.session.update(own.references, [:], ["$unset": ["user": true]], many: true)
            try transaction.session.delete(own.userFiles, [:])
            try transaction.session.delete(own.search, [:])
        }
        // As if the process had been killed after the first step.
        _ = try await store.transact { try $0.countSomeUserFiles() }
        #expect(try await store.mediaUsage(of: "ann").items == 200)
        let opened = try fixture.another()
        let after = try await opened.userFiles(of: "ann", matching: MediaFilter(), after: nil, limit: 1_000)
        #expect(after == before && after.count == 250)
        #expect(after.first { $0.key == "v/0" }?.uses == 2)
        _ = try await opened.deleteMedia("m", everywhere: false)
        #expect(try await opened.mediaUsage(of: "ann") == MediaUsage(items: 250, bytes: 250 * 30_000))
    }

    @Test("a file of a message that the chat server has deleted by itself is deleted with its user")
    func lost() async throws {
        let fixture = try StoreFixture(.mongodb)
        let sent = try await fixture.send(from: "ann", to: "bob", media: .video("v"))
        let store = try fixture.mongodb
        let deleted = try await store.performSingly { transaction in
            let messages = transaction.database(of: sent.message.dialect).messages
            return try transaction.session.delete(messages, ["_id": .matching(sent.message.id)])
        }
        #expect(deleted == 1)
        #expect(try await store.uses(of: "v", by: "ann").isEmpty)
        let job = try await store.add(
            MediaJob(
                id: "job", origin: .service, request: MediaJobRequest(erasing: "ann"), createdAt: fixture.clock.now))
        _ = try await store.claim(job.id, by: "one", lease: .seconds(10))
        while try await store.fill(job.id, by: "one", limit: 10) != nil {}
        while case .item(let item) = try await store.nextItem(of: job.id, by: "one") {
            #expect(try await store.end(item, .erased, change: nil) == .done)
        }
        #expect(try await store.mediaUsage(of: "ann") == MediaUsage())
        #expect(try await Set(store.pendingDeletions(limit: 10)) == ["v", "v-thumb.jpg"])
    }
}
