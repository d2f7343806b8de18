import ChatBridge
import ChatStoreSQLite
import Foundation
import Testing

@Suite("The pause of deletions")
struct DeletionPauseTests {
    @Test("while one exists, no object is claimed for deletion; then it is, and one process has it at a time")
    func pause() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pause-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("chat.sqlite").path
        let store = try SQLiteChatStore(path: path)
        try await store.reserve(objects: ["a"])
        try await store.markForDeletion(objects: ["a"])
        var pause: DeletionPause? = try DeletionPause(of: path)
        #expect(try await store.claimPendingDeletions(limit: 9).isEmpty)
        #expect(try await store.nextRecheck() == .seconds(1))
        #expect(try await store.pendingDeletions(limit: 9) == ["a"])
        #expect(throws: SnapshotError.self) { try DeletionPause(of: path) }
        // Another process, which deletes as well.
        let other = try SQLiteChatStore(path: path)
        #expect(try await other.claimPendingDeletions(limit: 9).isEmpty)
        withExtendedLifetime(pause) {}
        pause = nil
        #expect(try await store.claimPendingDeletions(limit: 9).map(\.key) == ["a"])
    }

    @Test("a copy of the database has the state of one moment, and names the objects that it refers to")
    func snapshot() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("snapshot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (path, copy) = (folder.path + "/chat.sqlite", folder.path + "/copy.sqlite")
        let store = try SQLiteChatStore(path: path)
        try await store.upsert(ChatUser(id: "ann"))
        try SQLiteSnapshot.make(of: path, at: copy)
        try await store.upsert(ChatUser(id: "bob"))
        let snapshot = try SQLiteSnapshot(path: copy)
        #expect(try snapshot.damage() == nil && snapshot.objects(after: "", limit: 9).isEmpty)
        let copied = try SQLiteChatStore(path: copy)
        #expect(try await copied.user("ann") != nil)
        #expect(try await copied.user("bob") == nil)
        #expect(throws: SnapshotError.self) { try SQLiteSnapshot(path: folder.path + "/none.sqlite") }
    }
}
