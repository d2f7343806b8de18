package import ChatBridge
package import ChatStoreSQLite
import Concurrency
package import Foundation
import JSON
package import MediaModel
import Synchronization

/// A folder that is deleted with the test.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "darkroom-chat-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package var database: String { path + "/chat.sqlite" }
}

/// The clocks of a test: a wall clock, which can be set, and an uptime, which only advances.
package final class TestClock: Sendable {
    private let date: Mutex<Date>
    private let passed = Mutex(Duration.zero)

    package init(_ date: Date = Date(timeIntervalSince1970: 1_705_314_600)) { self.date = Mutex(date) }

    package var now: Date { date.withLock { $0 } }

    package var uptime: Duration { passed.withLock { $0 } }

    /// Advances both clocks.
    package func advance(_ seconds: TimeInterval) {
        step(seconds)
        passed.withLock { $0 += .seconds(seconds) }
    }

    /// Sets the wall clock.
    package func step(_ seconds: TimeInterval) { date.withLock { $0 += seconds } }
}

extension MediaRecord {
    package static func video(_ key: String) -> MediaRecord {
        MediaRecord(
            key: key, thumbnailKey: key + "-thumb.jpg", kind: .video, mimeType: "video/mp4", fileSize: 15_000_000,
            sha256: String(repeating: "ab", count: 32), duration: 45.5, dimensions: .init(width: 1920, height: 1080),
            originalName: "holiday.mp4")
    }

    package static func voice(_ key: String) -> MediaRecord {
        MediaRecord(
            key: key, kind: .audio, mimeType: "audio/mp4", fileSize: 30_000,
            sha256: String(repeating: "cd", count: 32),
            duration: 15.3, waveform: [0.1, 0.3, 0.5, 0.8, 1])
    }
}

/// A store in a folder of its own.
package struct StoreFixture {
    package let folder: TemporaryFolder
    package let clock = TestClock()
    package let ids = ObjectIDGenerator()
    package let store: SQLiteChatStore

    /// - Parameters:
    ///   - requiresReservations: whether objects must be reserved before they are referenced; most tests have no objects.
    ///   - isInMemory: whether the store is in memory, for hundreds of writes that need not wait for the disk.
    package init(requiresReservations: Bool = false, isInMemory: Bool = false) throws {
        folder = try TemporaryFolder()
        let clock = clock
        store = try SQLiteChatStore(
            path: isInMemory ? ":memory:" : folder.database, now: { clock.now }, uptime: { clock.uptime },
            requiresReservations: requiresReservations)
    }

    /// The store as another process sees it that opens it as well.
    package func another() throws -> SQLiteChatStore {
        let (clock, opened) = (clock, clock.uptime)
        return try SQLiteChatStore(path: folder.database, now: { clock.now }, uptime: { clock.uptime - opened })
    }

    package func draft(
        from sender: String, to receiver: String, text: String = "Hello!", media: MediaRecord? = nil,
        forwardedFrom: ForwardOrigin? = nil, allowance: DailyAllowance? = nil
    ) -> MessageDraft {
        let message = ChatMessage(
            id: ids.next(at: clock.now).description, dialect: Dialect(rawValue: "bananatalk"), sender: sender,
            receiver: receiver,
            type: media == nil ? .text : .media, text: text, media: media, forwardedFrom: forwardedFrom,
            createdAt: clock.now)
        return MessageDraft(
            message: message, place: .direct(newConversationID: ids.next(at: clock.now).description),
            caller: ChatCaller(id: sender), allowance: allowance
        ) { saved in
            [
                OutboxDraft(
                    recipient: receiver, event: "newMessage", message: saved.message.id,
                    payload: ["unreadCount": .integer(saved.unreadCounts[receiver] ?? 0)])
            ]
        }
    }

    @discardableResult
    package func send(
        from sender: String, to receiver: String, text: String = "Hello!", media: MediaRecord? = nil,
        forwardedFrom: ForwardOrigin? = nil, allowance: DailyAllowance? = nil
    ) async throws -> SavedMessage {
        if let media, forwardedFrom == nil { try await store.reserve(objects: media.objects) }
        return try await store.save([
            draft(
                from: sender, to: receiver, text: text, media: media, forwardedFrom: forwardedFrom, allowance: allowance
            )
        ])[0]
    }
}

extension Notifier {
    /// Queues an entry without awaiting its delivery.
    package func deliver(_ entry: OutboxEntry) async throws { try await deliver(entry, receipt: WriteReceipt {}) }
}

extension SQLiteChatStore {
    /// How many messages of a conversation `user` has not read; 0 for a user who is not a member.
    package func unreadCount(of user: String, conversation: String, in dialect: Dialect) throws -> Int {
        try summary(of: conversation, in: dialect, for: user)?.unreadCount ?? 0
    }
}

extension SQLiteChatStore {
    /// How many entries there are, due or not.
    package func waitingOutbox() throws -> Int { try outboxCounts().values.reduce(0, +) }
}
