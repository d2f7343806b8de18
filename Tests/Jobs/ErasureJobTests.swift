import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import Synchronization
import TestPrograms
import Testing

@testable import Jobs

@Suite("A job that deletes a user", .timeLimit(.minutes(5)))
struct ErasureJobTests {
    private let archive: Archive

    init() throws { archive = try Archive() }

    private func runner(_ endUpload: @escaping @Sendable (String) async throws -> Void = { _ in }) -> JobRunner {
        let settings = archive.settings()
        let eraser = UserEraser(
            store: archive.chat,
            events: [
                Dialect(rawValue: "rooms"): { message in
                    [
                        OutboxDraft(
                            recipient: message.conversation, audience: .members, event: "gone", message: message.id)
                    ]
                }
            ], emptiedGroups: [], endUpload: { key, _ in try await endUpload(key) }, now: { Date() }, wake: {})
        return JobRunner(
            store: archive.chat,
            reprocessor: Reprocessor(
                chat: archive.chat, objects: archive.objects,
                inspector: StoredInspector(store: archive.objects, workers: testWorkers), settings: settings,
                eraser: eraser, logger: .silent), settings: settings, logger: .silent)
    }

    /// Sends a message with a stored file in the chat system `rooms`.
    private func send(_ id: String, from sender: String, _ key: String) async throws {
        let rooms = Dialect(rawValue: "rooms")
        try await archive.objects.put(
            Project.file("samples/image/picture.webp").path, as: #require(ObjectKey(validating: key)))
        try await archive.chat.upsert(
            Conversation(id: "room", dialect: rooms, members: ["ann", "bob"], createdAt: Date()))
        let record = MediaRecord(key: key, kind: .image, mimeType: "image/webp", fileSize: 100)
        try await archive.chat.reserve(objects: record.objects)
        let message = ChatMessage(
            id: id, dialect: rooms, conversation: "room", sender: sender, type: .media, text: "words", media: record,
            createdAt: Date())
        _ = try await archive.chat.save([
            MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil) { _ in
                []
            }
        ])
    }

    @Test(
        "deletes them with their messages that have files, their media and nothing of others; each deletion is announced once"
    )
    func erased() async throws {
        try await archive.chat.upsert(ChatUser(id: "ann", name: "Ann"))
        for number in 0..<5 { try await send("m\(number)", from: "ann", "rooms/\(number).webp") }
        try await send("b", from: "bob", "rooms/b.webp")
        // Another user's medium of the same object.
        let shared = MediaItem(
            id: "shared", owner: "bob",
            record: MediaRecord(key: "rooms/0.webp", kind: .image, mimeType: "image/webp", fileSize: 100),
            createdAt: Date())
        try await archive.chat.save(shared)
        try await archive.add("image/picture.webp", as: "native/n.webp", kind: .image)
        let job = try await archive.job(MediaJobRequest(erasing: "ann"), origin: .service)
        #expect(try await runner().carryOut(job) == .completed)
        let counts = try #require(try await archive.chat.job(job.id)).counts
        #expect(counts.items == [.done: 7] && counts.bytes == 501)
        #expect(try await archive.chat.user("ann") == nil)
        #expect(try await archive.chat.mediaUsage(of: "ann") == MediaUsage())
        let rooms = Dialect(rawValue: "rooms")
        for number in 0..<5 {
            let message = try await archive.chat.message("m\(number)", in: rooms, viewer: "bob")
            #expect(message?.deletedAt != nil && message?.text == "" && message?.attachments == [])
        }
        let other = try await archive.chat.message("b", in: rooms, viewer: "bob")
        #expect(other?.deletedAt == nil && other?.attachments.count == 1)
        let announced = try await archive.chat.dueOutbox(of: nil, limit: 100, after: 0, except: [])
        #expect(announced.map(\.draft.message).compactMap(\.self).sorted() == (0..<5).map { "m\($0)" })
        try await archive.deleteOrphans()
        #expect(try await archive.keys() == ["rooms/0.webp", "rooms/b.webp"])
        // Nothing is left for a second job, which finds no more than the user.
        let again = try await archive.job(MediaJobRequest(erasing: "ann"), origin: .service)
        #expect(try await runner().carryOut(again) == .completed)
        #expect(try await archive.chat.job(again.id)?.counts.items == [.done: 1])
    }

    @Test("goes on where it was stopped, and an item that was begun twice is erased and counted once")
    func resumed() async throws {
        for number in 0..<20 { try await archive.show("native/\(number).webp", kind: .image) }
        let job = try await archive.job(MediaJobRequest(erasing: "ann"), origin: .service)
        let begun = Mutex(0)
        let first = runner { _ in begun.withLock { $0 += 1 } }
        let run = Task { try await first.carryOut(job) }
        try await eventually("some are erased") { begun.withLock { $0 } > 4 }
        first.stop()
        #expect(try await run.value != nil)
        #expect(try await runner().carryOut(job) == .completed)
        let counts = try #require(try await archive.chat.job(job.id)).counts
        #expect(counts.items == [.done: 21] && counts.bytes == 20)
        #expect(try await archive.chat.mediaUsage(of: "ann") == MediaUsage())
    }

    @Test("reports what cannot be deleted, and deletes the rest")
    func failing() async throws {
        for number in 0..<3 { try await archive.show("native/\(number).webp", kind: .image) }
        let job = try await archive.job(MediaJobRequest(erasing: "ann"), origin: .service)
        let runner = runner { key in
            if key == "native/1.webp" { throw ObjectStoreError(.invalidKey, "It cannot be deleted.") }
        }
        #expect(try await runner.carryOut(job) == .completed)
        #expect(try await archive.chat.job(job.id)?.counts.items == [.done: 3, .failed: 1])
        let failures = try await archive.chat.failures(of: job.id, after: 0, limit: 10)
        #expect(failures.map(\.object) == ["native/1.webp"])
        #expect(try await archive.chat.mediaUsage(of: "ann").items == 1)
    }
}
