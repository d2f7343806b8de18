import ChatTestSupport
import Foundation
import MediaModel
import Testing

@testable import ChatBridge

@Suite("Files that no message shows")
struct UnshownMediaTests {
    private let base: StoreFixture

    init() throws { base = try StoreFixture() }

    private func upload(_ id: String, in dialect: Dialect?, conversation: String? = nil) async throws -> MediaRecord {
        var record = MediaRecord(key: "\(id).jpg", kind: .image, mimeType: "image/jpeg", fileSize: 7)
        record.id = id
        try await base.store.save(
            MediaItem(
                id: id, dialect: dialect, conversation: conversation, owner: "ann", record: record,
                createdAt: base.clock.now))
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
        for (id, dialect, conversation) in [
            ("unsent", Dialect.signalr, nil), ("chat", .imagekit, "c"), ("attachment", .intok, "c"),
            ("library", .imagekit, nil), ("picture", .intok, nil), ("native", nil, nil),
        ] as [(String, Dialect?, String?)] {
            _ = try await upload(id, in: dialect, conversation: conversation)
        }
        _ = try await send(try await upload("sent", in: .signalr))
        #expect(try await base.store.deleteUnreferencedMedia(waiting: .seconds(1), limit: 10) == 0, "not yet")
        base.clock.advance(1)
        #expect(try await base.store.deleteUnreferencedMedia(waiting: .seconds(1), limit: 2) == 2)
        #expect(try await base.store.deleteUnreferencedMedia(waiting: .seconds(1), limit: 2) == 1)
        for id in ["unsent", "chat", "attachment"] { #expect(try await base.store.media(id) == nil, "\(id)") }
        for id in ["library", "picture", "native", "sent"] { #expect(try await base.store.media(id) != nil, "\(id)") }
        #expect(
            try await Set(base.store.pendingDeletions(limit: 10)) == ["unsent.jpg", "chat.jpg", "attachment.jpg"])
    }

    @Test(
        "a file is deleted with the last message that shows it, and cannot be sent after that",
        arguments: StoreEngine.allCases)
    func lastMessage(engine: StoreEngine) async throws {
        try base.use(engine)
        let record = try await upload("file", in: .signalr)
        let messages = [try await send(record), try await send(record)]
        for (message, isLast) in zip(messages, [false, true]) {
            _ = try await base.store.deleteForAll(message, in: .signalr, at: base.clock.now, outbox: [])
            #expect(try await base.store.deleteUnreferencedMedia("file") == isLast)
        }
        #expect(try await base.store.pendingDeletions(limit: 10) == ["file.jpg"])
        await #expect(throws: ChatError.self) { _ = try await send(record) }
    }
}
