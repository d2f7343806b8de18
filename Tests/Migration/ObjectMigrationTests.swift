import Bytes
import ChatTestSupport
import Concurrency
import Foundation
import ObjectStore
import TestSupport
import Testing

@testable import Migration

@Suite("Copying objects to another store")
struct ObjectMigrationTests {
    private let folder: TemporaryFolder
    private let source: FolderStore
    private let target: FolderStore

    init() throws {
        folder = try TemporaryFolder()
        source = try Self.store(folder.path + "/source")
        target = try Self.store(folder.path + "/target")
    }

    private static func store(_ path: String) throws -> FolderStore {
        try FolderStore(
            directory: path, baseURL: "http://localhost", signingKey: [1],
            threads: ThreadPool(name: "objects", threads: 2))
    }

    private func migration(to target: (any ObjectStore)? = nil) -> ObjectMigration {
        ObjectMigration(
            from: source, to: target ?? self.target, name: "t", stateFile: folder.path + "/state.json", concurrency: 4)
    }

    private func write(_ key: String, _ text: String, to store: (any ObjectStore)? = nil, type: String = "text/plain")
        async throws
    {
        let writer = try await (store ?? source).write(
            try #require(ObjectKey(validating: key)),
            attributes: ObjectAttributes(
                contentType: type, contentDisposition: "attachment; filename=\"ä.txt\"", cacheControl: "private"),
            declaredLength: nil)
        try await writer.write(ByteChunk(Array(text.utf8)))
        _ = try await writer.complete()
    }

    private func state(of store: any ObjectStore) async throws -> [String: String] {
        var state: [String: String] = [:]
        for key in try await store.list(prefix: "", after: nil, limit: 1_000).keys {
            var bytes: [UInt8] = []
            let reader = try await store.read(key, range: nil)
            for try await chunk in reader { chunk.withUnsafeBytes { bytes += $0 } }
            state[key.rawValue] = String(decoding: bytes, as: UTF8.self) + " \(reader.info.attributes)"
        }
        return state
    }

    @Test("copies bytes and the attributes with which they are served; the same command copies only what is new")
    func copies() async throws {
        for number in 0..<450 { try await write("a/\(number)", "text \(number)", type: "type/\(number % 3)") }
        try await write("b", "")
        let first = try await migration().run()
        #expect(first.copied == 451 && first.known == 0)
        #expect(try await state(of: target) == state(of: source))
        try await write("a/00-new", "new")
        let second = try await migration().run()
        #expect(second.copied == 1 && second.known == 451)
        #expect(try await state(of: target) == state(of: source))
    }

    @Test("copies in another pass what appeared behind it")
    func later() async throws {
        for number in 0..<300 { try await write("k/\(number + 100)", "x") }
        let late = LateWriter(target: target) { try await write("a", "late") }
        let result = try await migration(to: late).run()
        #expect(result.copied == 301)
        #expect(try await state(of: target) == state(of: source))
    }

    @Test(
        "goes on where it was ended; what was copied without being compared is compared, and copied again if it differs"
    )
    func resumed() async throws {
        for number in 0..<500 { try await write("k/\(number + 100)", "text \(number)") }
        let failing = FailingStore(target: target, after: 250)
        await #expect(throws: ObjectStoreError.self) { _ = try await migration(to: failing).run() }
        // The same size, other bytes: as if the copy had been damaged.
        let some = try #require(try await target.list(prefix: "k/3", after: nil, limit: 100).keys.last)
        try await write(some.rawValue, "TEXT 201", to: target)
        let result = try await migration().run()
        #expect(result.copied + result.known == 500 && result.known >= 200)
        #expect(try await state(of: target) == state(of: source))
    }

    @Test("deletes from the target what the source has not, if that is asked for")
    func pruned() async throws {
        for number in 0..<5 { try await write("k/\(number)", "x") }
        _ = try await migration().run()
        try await source.delete([try #require(ObjectKey(validating: "k/3"))])
        #expect(try await migration().run().copied == 0)
        #expect(try await target.list(prefix: "", after: nil, limit: 10).keys.count == 5)
        #expect(try await migration().prune() == 1)
        #expect(try await state(of: target) == state(of: source))
    }

    @Test("ends when that was done: the target may have objects of its own since, and have deleted others")
    func ended() async throws {
        try await write("k/1", "x")
        _ = try await migration().run()
        #expect(try await migration().prune() == 0)
        try await write("k/2", "sent to the target", to: target)
        try await target.delete([try #require(ObjectKey(validating: "k/1"))])
        #expect(await thrown(ObjectMigrationEnded.self) { try await migration().run() } != nil)
        #expect(await thrown(ObjectMigrationEnded.self) { try await migration().prune() } != nil)
        #expect(try await target.list(prefix: "", after: nil, limit: 10).keys.map(\.rawValue) == ["k/2"])
    }

    @Test("reads each copy again: one that is not what was written is an error, and deleted")
    func mismatch() async throws {
        try await write("k", "right")
        let error = await thrown(ObjectMismatch.self) {
            _ = try await migration(to: DamagingStore(target: target)).run()
        }
        #expect(error?.key.rawValue == "k")
        #expect(try await state(of: target) == [:])
    }
}
