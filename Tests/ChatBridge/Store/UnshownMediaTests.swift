import ChatTestSupport
import Foundation
import MediaModel
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

@Suite("Files that no message shows", .serialized)
struct UnshownMediaTests {
    private let base: StoreFixture

    init() throws { base = try StoreFixture() }

    private func upload(_ id: String, in dialect: Dialect?, needsMessage: Bool) async throws -> MediaRecord {
        var record = MediaRecord(key: "\(id).jpg", kind: .image, mimeType: "image/jpeg", fileSize: 7)
        record.id = id
        try await base.store.save(
            MediaItem(
                id: id, dialect: dialect, owner: "ann", record: record, createdAt: base.clock.now,
                needsMessage: needsMessage))
        return record
    }

    private func send(_ record: MediaRecord) async throws -> String {
        let id = base.ids.next(at: base.clock.now).description
        let message = ChatMessage(
            id: id, dialect: .signalr, sender: "ann", receiver: "bob", type: .media, media: record,
            createdAt: base.clock.now)
        _ = try await base.store.save([
            MessageDraft(
                message: message, place: .direct(newConversationID: "conv-1"), caller: ChatCaller(id: "ann"),
                allowance: nil, outbox: { _ in [] })
        ])
        return id
    }

    @Test(
        "an uploaded file that is not sent is deleted after its time; one that was sent, or needs no message, stays",
        arguments: StoreEngine.allCases)
    func collection(engine: StoreEngine) async throws {
        try base.use(engine)
        for (id, dialect, needsMessage) in [
            ("unsent", Dialect.signalr, true), ("chat", .imagekit, true), ("attachment", .intok, true),
            ("library", .imagekit, false), ("picture", .intok, false), ("native", nil, false),
        ] as [(String, Dialect?, Bool)] {
            _ = try await upload(id, in: dialect, needsMessage: needsMessage)
            #expect(try await base.store.media(id)?.needsMessage == needsMessage)
        }
        _ = try await send(try await upload("sent", in: .signalr, needsMessage: true))
        let shared = try await send(try await upload("shared", in: .imagekit, needsMessage: false))
        _ = try await base.store.deleteForAll(shared, in: .signalr, at: base.clock.now, outbox: [])
        #expect(try await base.store.deleteUnreferencedMedia(waiting: .seconds(1), limit: 10) == 0, "not yet")
        base.clock.advance(1)
        #expect(try await base.store.deleteUnreferencedMedia(waiting: .seconds(1), limit: 2) == 2)
        #expect(try await base.store.deleteUnreferencedMedia(waiting: .seconds(1), limit: 2) == 1)
        for id in ["unsent", "chat", "attachment"] { #expect(try await base.store.media(id) == nil, "\(id)") }
        for id in ["library", "picture", "native", "sent", "shared"] {
            #expect(try await base.store.media(id) != nil, "\(id)")
        }
        #expect(
            try await Set(base.store.pendingDeletions(limit: 10)) == ["unsent.jpg", "chat.jpg", "attachment.jpg"])
    }

    @Test("after the migration, files that needed a message still do, and others stay without one")
    func migration() async throws {
        let folder = try TemporaryFolder()
        do {
            let old = try SQLiteConnection(path: folder.database)
            let steps = SQLiteMigrations.steps.prefix { $0 != SQLiteMigrations.needsMessage }
            for (index, step) in steps.enumerated() {
                try old.execute(step)
                try old.execute("PRAGMA user_version = \(index + 1)")
            }
            try old.execute(
                """
                INSERT INTO media_items (id, dialect, conversation, owner, record, created_at) VALUES
                    ('file', 'signalr', NULL, 'ann', '{}', 1), ('attachment', 'intok', 'c', 'ann', '{}', 1),
                    ('picture', 'intok', NULL, 'ann', '{}', 1), ('native', NULL, NULL, 'ann', '{}', 1);
                """)
        }
        let new = try SQLiteConnection(path: folder.database)
        try SQLiteMigrations.apply(to: new)
        for column in ["needs_message", "waits"] {
            let ids = try new.rows("SELECT id FROM media_items WHERE \(column) = 1 ORDER BY id") { $0.text(0) }
            #expect(ids == ["attachment", "file"], "\(column)")
        }
    }

    @Test(
        "a file is deleted with the last message that shows it, and cannot be sent after that",
        arguments: StoreEngine.allCases)
    func lastMessage(engine: StoreEngine) async throws {
        try base.use(engine)
        let record = try await upload("file", in: .signalr, needsMessage: true)
        let messages = [try await send(record), try await send(record)]
        for (message, isLast) in zip(messages, [false, true]) {
            _ = try await base.store.deleteForAll(message, in: .signalr, at: base.clock.now, outbox: [])
            #expect(try await base.store.deleteUnreferencedMedia("file") == isLast)
        }
        #expect(try await base.store.pendingDeletions(limit: 10) == ["file.jpg"])
        await #expect(throws: ChatError.self) { _ = try await send(record) }
    }
}
