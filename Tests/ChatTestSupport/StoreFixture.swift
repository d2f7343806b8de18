package import ChatBridge
import ChatDocuments
package import ChatStoreMongoDB
package import ChatStoreSQLite
import Concurrency
package import Foundation
import JSON
package import MediaModel
import Synchronization
import TestPrograms

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

/// Databases in MongoDB that one test uses, until nothing holds this any more.
private final class DatabaseLease: Sendable {
    let engine: StoreEngine
    let name: String

    init(_ engine: StoreEngine) {
        self.engine = engine
        name = MongoServer.database(of: engine.rawValue)
    }

    deinit {
        // A test of documents has changed the collections.
        if engine != .models { MongoServer.release(name, of: engine.rawValue) }
    }
}

/// A store of its own: with SQLite in a folder that is deleted with the fixture, with MongoDB in databases of its own.
package final class StoreFixture: Sendable {
    package let folder: TemporaryFolder
    package let clock = TestClock()
    package let ids = ObjectIDGenerator()
    private let requiresReservations: Bool
    private let isInMemory: Bool
    private let opened: Mutex<(engine: StoreEngine, store: any ChatStore)>
    /// The databases in MongoDB, by engine.
    private let leases = Mutex<[StoreEngine: DatabaseLease]>([:])

    /// - Parameters:
    ///   - requiresReservations: whether objects must be reserved before they are referenced; most tests have no objects.
    ///   - isInMemory: whether the store is in memory, for hundreds of writes that need not wait for the disk.
    package init(_ engine: StoreEngine = .sqlite, requiresReservations: Bool = false, isInMemory: Bool = false) throws {
        folder = try TemporaryFolder()
        (self.requiresReservations, self.isInMemory) = (requiresReservations, isInMemory)
        let (path, clock) = (isInMemory ? ":memory:" : folder.database, clock)
        opened = Mutex(
            (
                .sqlite,
                try SQLiteChatStore(
                    path: path, now: { clock.now }, uptime: { clock.uptime },
                    requiresReservations: requiresReservations)
            ))
        try use(engine)
    }

    private func lease(of engine: StoreEngine) -> DatabaseLease {
        leases.withLock { known in
            let lease = known[engine] ?? DatabaseLease(engine)
            known[engine] = lease
            return lease
        }
    }

    package var store: any ChatStore { opened.withLock { $0.store } }

    /// The store as what it is, for tests of SQLite alone.
    package var sqlite: SQLiteChatStore {
        get throws { try open(as: SQLiteChatStore.self) }
    }

    /// The store as what it is, for tests of MongoDB alone.
    package var mongodb: MongoDBChatStore {
        get throws { try open(as: MongoDBChatStore.self) }
    }

    private func open<Store>(as type: Store.Type) throws -> Store {
        guard let store = store as? Store else { throw ChatError(.unavailable, "The fixture has another engine.") }
        return store
    }

    /// The name of a dialect's database in MongoDB.
    package func database(of dialect: Dialect) -> String {
        lease(of: opened.withLock { $0.engine }).name + "-" + dialect.rawValue
    }

    /// Opens a store of that engine, in place of the one that is open.
    package func use(_ engine: StoreEngine) throws {
        guard engine != opened.withLock({ $0.engine }) else { return }
        let store = try store(engine, requiresReservations, since: .zero)
        opened.withLock { $0 = (engine, store) }
    }

    /// The store as another process opens it at the same time.
    package func another() throws -> any ChatStore {
        try store(opened.withLock { $0.engine }, true, since: clock.uptime)
    }

    /// As ``another()``, for tests of SQLite alone.
    package func anotherSQLite() throws -> SQLiteChatStore {
        let (clock, start) = (clock, clock.uptime)
        return try SQLiteChatStore(path: folder.database, now: { clock.now }, uptime: { clock.uptime - start })
    }

    /// Ends the process that has a store open.
    package func end(_ store: inout (any ChatStore)?) async {
        await (store as? MongoDBChatStore)?.close()
        store = nil
    }

    private func store(_ engine: StoreEngine, _ requiresReservations: Bool, since start: Duration) throws
        -> any ChatStore
    {
        let clock = clock
        switch engine {
        case .sqlite:
            return try SQLiteChatStore(
                path: folder.database, now: { clock.now }, uptime: { clock.uptime - start },
                requiresReservations: requiresReservations)
        default:
            let lease = lease(of: engine)
            var options = MongoDBOptions(uri: try MongoServer.uri, database: lease.name, timeout: .seconds(120))
            options.databasePrefix = lease.name + "-"
            if engine == .models { options.dialects = DialectDocuments.databases(prefix: options.databasePrefix) }
            // The store holds it: a test may use the store for longer than the fixture.
            options.defaultModel = { DialectDocuments.model(lease.engine, of: $0) ?? StandardModel($0) }
            return try MongoDBChatStore(
                options, now: { clock.now }, uptime: { clock.uptime - start },
                requiresReservations: requiresReservations, observer: nil)
        }
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

extension ChatStore {
    /// How many messages of a conversation `user` has not read; 0 for a user who is not a member.
    package func unreadCount(of user: String, conversation: String, in dialect: Dialect) async throws -> Int {
        try await summary(of: conversation, in: dialect, for: user)?.unreadCount ?? 0
    }
}

extension ChatStore {
    /// How many entries there are, due or not.
    package func waitingOutbox() async throws -> Int { try await outboxBacklog().values.reduce(0) { $0 + $1.count } }
}
