import ChatTestSupport
import Foundation
import MediaModel
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

@Suite("The files of users that an earlier release has saved")
struct UserFileMigrationTests {
    private static let video =
        #"{"key":"v","thumbnailKey":"v.jpg","kind":"video","mimeType":"video/mp4","fileSize":70}"#
    private static let voice = #"{"key":"a","kind":"audio","mimeType":"audio/mp4","fileSize":5}"#

    @Test("are those of their messages and media after the migration, and are counted as such from then on")
    func migration() async throws {
        let folder = try TemporaryFolder()
        do {
            let old = try SQLiteConnection(path: folder.database)
            let steps = SQLiteMigrations.steps.prefix { $0 != SQLiteMigrations.userFiles }
            for (index, step) in steps.enumerated() {
                try old.execute(step)
                try old.execute("PRAGMA user_version = \(index + 1)")
            }
            try old.execute(
                """
                INSERT INTO conversations (number, dialect, id, settings, created_at) VALUES (1, 'signalr', 'c', '{}', 1);
                INSERT INTO messages (number, dialect, id, conversation, sender, type, text, media, created_at, updated_at)
                VALUES (7, 'signalr', 'm7', 1, 'ann', 'Media', '', '[\(Self.video),\(Self.video)]', 9, 9),
                    (8, 'signalr', 'm8', 1, 'bob', 'Media', '', '[\(Self.video)]', 10, 10);
                INSERT INTO media_items (id, dialect, owner, record, created_at) VALUES
                    ('one', 'signalr', 'ann', '\(Self.video)', 5), ('two', NULL, 'ann', '\(Self.voice)', 6);
                INSERT INTO object_owners (object, owner) VALUES
                    ('v', 'message:7'), ('v.jpg', 'message:7'), ('v', 'message:8'), ('v.jpg', 'message:8'),
                    ('v', 'media:one'), ('v.jpg', 'media:one'), ('a', 'media:two');
                """)
        }
        let store = try SQLiteChatStore(path: folder.database)
        let files = try await store.userFiles(of: "ann", matching: MediaFilter(), after: nil, limit: 10)
        let signalr = Dialect(rawValue: "signalr")
        #expect(
            files == [
                UserFile(
                    key: "a", owner: "ann", kind: .audio, dialect: nil, bytes: 5, createdAt: Date(milliseconds: 6),
                    uses: 1),
                UserFile(
                    key: "v", owner: "ann", kind: .video, dialect: signalr, bytes: 70, createdAt: Date(milliseconds: 5),
                    uses: 2),
            ])
        #expect(try await store.mediaUsage(of: "bob") == MediaUsage(items: 1, bytes: 70))
        _ = try await store.deleteForAll("m7", in: signalr, at: Date(), outbox: [])
        #expect(try await store.mediaUsage(of: "ann") == MediaUsage(items: 2, bytes: 75))
        _ = try await store.deleteMedia("one", everywhere: false)
        #expect(try await store.mediaUsage(of: "ann") == MediaUsage(items: 1, bytes: 5))
        #expect(try await store.mediaUsage(of: "bob") == MediaUsage(items: 1, bytes: 70))
    }
}
