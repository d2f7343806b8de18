import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge

@Suite("Resumable uploads in a store")
struct ResumableUploadTests {
    private func upload(
        _ id: String, of owner: String = "ann", bytes: Int? = 10, in dialect: Dialect = .rooms, _ fixture: StoreFixture
    ) -> ResumableUpload {
        ResumableUpload(
            id: id, dialect: dialect, owner: owner, countedBytes: bytes, createdAt: fixture.clock.now,
            expires: fixture.clock.now.addingTimeInterval(60),
            content: .init(length: 10, metadata: "filename eA==", key: "resumable/\(id)/file"))
    }

    @Test("are read as they were written, and changed by one process at a time", arguments: StoreEngine.allCases)
    func replacing(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        var upload = upload("u", fixture)
        try await store.insert(upload, within: nil)
        #expect(try await store.resumableUpload("u", in: .rooms) == upload)
        #expect(try await store.resumableUpload("v", in: .rooms) == nil)
        #expect(try await store.resumableUpload("u", in: .intok) == nil)
        upload.content.write = "w"
        upload.content.parts = [.init(size: 8, etag: "\"e\"")]
        upload.content.tail = [.init(key: "resumable/u/1", size: 1)]
        upload.content.state = .published(media: "m")
        upload.content.sources = ["a", "b"]
        upload.countedBytes = nil
        let other = try #require(try await store.resumableUpload("u", in: .rooms))
        #expect(try await store.replace(upload))
        // Another one that has read it before cannot write.
        #expect(try await !store.replace(other))
        upload.version += 1
        #expect(try await store.resumableUpload("u", in: .rooms) == upload)
        #expect(upload.content.offset == 9)
        try await store.deleteResumableUpload("u", in: .rooms)
        #expect(try await store.resumableUpload("u", in: .rooms) == nil)
        #expect(try await !store.replace(upload))
    }

    @Test("of changes at once, one is written", arguments: StoreEngine.allCases)
    func changesAtOnce(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let upload = upload("u", fixture)
        try await store.insert(upload, within: nil)
        let written = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    var changed = upload
                    changed.content.write = "\(number)"
                    return try await store.replace(changed)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(written == 1)
        #expect(try await store.resumableUpload("u", in: .rooms)?.version == 1)
    }

    @Test("count for their owner as long as they say so", arguments: StoreEngine.allCases)
    func allowance(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let allowance = UploadAllowance(files: 2, bytes: 25)
        try await store.insert(upload("a", fixture), within: allowance)
        await #expect(throws: ChatError.self) {
            try await store.insert(upload("b", bytes: 16, fixture), within: allowance)
        }
        try await store.insert(upload("b", bytes: 15, fixture), within: allowance)
        await #expect(throws: ChatError.self) {
            try await store.insert(upload("c", bytes: 0, fixture), within: allowance)
        }
        try await store.insert(upload("c", of: "bob", fixture), within: allowance)
        try await store.insert(upload("c", in: .intok, fixture), within: allowance)
        var ended = try #require(try await store.resumableUpload("a", in: .rooms))
        ended.countedBytes = nil
        #expect(try await store.replace(ended))
        try await store.insert(upload("d", fixture), within: allowance)
    }

    @Test("of one owner begun at once, as many are saved as the allowance permits", arguments: StoreEngine.allCases)
    func allowanceAtOnce(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let uploads = (0..<8).map { upload("\($0)", fixture) }
        let saved = await withTaskGroup(of: Bool.self) { group in
            for upload in uploads {
                group.addTask {
                    do {
                        try await store.insert(upload, within: UploadAllowance(files: 3, bytes: 1000))
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(saved == 3)
    }

    @Test(
        "are listed when they have expired, in all dialects, those that expired first at first",
        arguments: StoreEngine.allCases)
    func expired(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        for (number, dialect) in [Dialect.rooms, .intok, .rooms].enumerated() {
            try await store.insert(upload("\(number)", in: dialect, fixture), within: nil)
            fixture.clock.advance(10)
        }
        func expired(in seconds: TimeInterval, limit: Int = 9) async throws -> [String] {
            try await store.resumableUploads(
                expiredBefore: fixture.clock.now.addingTimeInterval(seconds), limit: limit
            ).map(\.id)
        }
        #expect(try await expired(in: 0) == [])
        #expect(try await expired(in: 45) == ["0", "1"])
        #expect(try await expired(in: 60, limit: 2) == ["0", "1"])
        #expect(try await expired(in: 60) == ["0", "1", "2"])
    }
}
