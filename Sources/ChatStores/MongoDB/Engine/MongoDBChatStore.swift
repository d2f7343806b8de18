public import ChatBridge
import ChatDocuments
import Concurrency
public import Foundation
import Synchronization

/// The chat store in MongoDB, a replica set: a database for each dialect, in which the chat server may have its own documents,
/// and one for Darkroom's.
///
/// Every operation that writes is a transaction, which reads one snapshot and is acknowledged by a majority of the members.
/// The calls of libmongoc block, on threads of the store's own.
public final class MongoDBChatStore: ChatStore {
    /// How many operations are performed at once.
    private static let threadCount = 8

    let pool: MongoPool
    let layout: StoreLayout
    let clock: OrderClock
    let start: ProcessStart
    let now: @Sendable () -> Date
    let recheckDelays: [Duration]
    let requiresReservations: Bool
    let minimumUploadRate: Int
    let unreadable: UnreadableDocuments
    /// When another runner's job was last seen to change.
    let observedJobs = Mutex<[String: ObservedJob]>([:])
    /// Which process delivers which dialect's events.
    let outboxLeases = OutboxLeases()
    let contactCache = Mutex(ContactCache())
    /// How many messages long conversations have.
    let messageCounts: MessageCounts
    /// The endpoints of webhooks, and the uptime at which they were read, in milliseconds.
    let knownWebhookEndpoints = Mutex<(endpoints: [WebhookEndpoint], at: Int)?>(nil)
    private let uptime: @Sendable () -> Duration
    private let timeout: Duration
    private let threads: ThreadPool
    private let observer: CommandObserver?

    /// Opens the store, and makes the collections and indexes that it does not have yet. Blocks meanwhile.
    /// - Parameters:
    ///   - options: where the cluster is, and what is called how there.
    ///   - now: the wall clock; it may be set, and decides only about daily limits and what expires at a date.
    ///   - uptime: how long the store has been open, by a clock that cannot be set.
    ///   - recheckDelays: see ``ObjectReferences``: after which delays an object whose write was not completed is deleted again,
    ///     each counted from the previous deletion.
    ///   - requiresReservations: whether only objects can be referenced that were reserved in this store before.
    ///   - minimumUploadRate: the lowest rate of a direct upload to the object store, in bytes per second; 0 where it is not
    ///     known.
    /// - Throws: ``ChatError`` with ``StoreError/cannotConnect(url:reason:)``, and with ``StoreError/isIncomplete(url:)`` where a
    ///   migration to the store has not ended.
    public convenience init(
        _ options: MongoDBOptions, now: @escaping @Sendable () -> Date = { Date() },
        uptime: (@Sendable () -> Duration)? = nil,
        recheckDelays: [Duration] = MongoDBChatStore.defaultRecheckDelays, requiresReservations: Bool = true,
        minimumUploadRate: Int = 1024
    ) throws {
        try self.init(
            options, now: now, uptime: uptime, recheckDelays: recheckDelays,
            requiresReservations: requiresReservations, minimumUploadRate: minimumUploadRate, observer: nil)
    }

    /// - Parameter observer: called with every command, for tests.
    /// - Throws: see the initializer without `observer`.
    package init(
        _ options: MongoDBOptions, now: @escaping @Sendable () -> Date, uptime: (@Sendable () -> Duration)?,
        recheckDelays: [Duration] = MongoDBChatStore.defaultRecheckDelays, requiresReservations: Bool,
        minimumUploadRate: Int = 1024, observer: CommandObserver?
    ) throws {
        let layout = StoreLayout(options)
        let clock = OrderClock(layout.own.clock)
        do {
            let pool = try MongoPool(uri: options.uri, timeout: options.timeout)
            try pool.withSession(until: .now + options.timeout * 3) { session in
                try session.requireReplicaSet()
                try options.requireComplete(layout.own, session)
            }
            // A new index of many documents takes its time, and an interrupted one begins again.
            try pool.withSession(until: .now + Self.indexTime) { try layout.makeIndexes($0) }
            start = try ProcessStart(pool: pool, collection: layout.own.starts) { session in
                try clock.next(1, at: now().milliseconds, session)
            }
            self.pool = pool
        } catch let error as any StoreFailure {
            let reason = (error as? MongoError)?.message ?? "\(error)"
            throw ChatError(.cannotConnect(url: options.shownURI, reason: reason), cause: error)
        }
        self.layout = layout
        self.clock = clock
        self.now = now
        self.recheckDelays = recheckDelays
        self.requiresReservations = requiresReservations
        self.minimumUploadRate = minimumUploadRate
        self.observer = observer
        unreadable = UnreadableDocuments(options.onUnreadable)
        messageCounts = MessageCounts(
            pool, size: options.countedMessages, otherConnections: Self.threadCount + 1, options.onUnwatchable)
        timeout = options.timeout
        let opened = ContinuousClock.now
        self.uptime = uptime ?? { ContinuousClock.now - opened }
        threads = ThreadPool(name: "chat-store", threads: Self.threadCount)
        do {
            try indexMessages()
            try countUserFiles()
        } catch let error as any StoreFailure {
            throw ChatError(
                .cannotConnect(url: options.shownURI, reason: (error as? MongoError)?.message ?? "\(error)"),
                cause: error)
        }
    }

    /// How long making the indexes may take.
    private static let indexTime = Duration.seconds(86_400)

    /// Writes the terms of messages that an earlier release has saved. Blocks meanwhile.
    private func indexMessages() throws {
        for database in layout.databases {
            var isMore = true
            while isMore {
                isMore = try pool.withSession(until: .now + timeout * 3) { session in
                    try StoreTransaction(session, self).indexSomeMessages(of: database.model.dialect)
                }
            }
        }
    }

    /// Counts the files of users that an earlier release has saved. Blocks meanwhile.
    private func countUserFiles() throws {
        var isMore = true
        while isMore {
            isMore = try pool.withSession(until: .now + timeout * 3) { session in
                try start.register(session)
                return try session.transaction {
                    let transaction = StoreTransaction(session, self)
                    transaction.begin()
                    defer { transaction.end() }
                    return try transaction.countSomeUserFiles()
                }
            }
        }
    }

    /// How long after its deletion an object is deleted again that a late write may have created again, and how long after that
    /// once more.
    public static let defaultRecheckDelays: [Duration] = [.seconds(30), .seconds(600)]

    /// The uptime as documents have it, in milliseconds.
    var uptimeMilliseconds: Int { uptime().wholeMilliseconds }

    /// See ``ChatStore``. Ends this start of the store: what it reserved and claimed belongs to no process from then on. Without this, that is so
    /// half a minute after the process has ended. Nothing may be called after it.
    public func close() async {
        messageCounts.close()
        await threads.run { [start] in start.end() }
    }

    /// Performs `body` as one transaction; it may be called several times.
    func transact<Result: Sendable>(
        in dialect: Dialect? = nil, _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await perform(in: dialect) { [self] transaction in
            try self.start.register(transaction.session)
            return try transaction.session.transaction {
                transaction.begin()
                return try body(transaction)
            }
        }
    }

    /// Performs `body`, which reads what a majority of the members has, outside of a transaction.
    func read<Result: Sendable>(
        in dialect: Dialect? = nil, _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await perform(in: dialect, body)
    }

    /// Performs `body` outside of a transaction. Each of its commands that writes is acknowledged by a majority, and atomic by itself:
    /// for what must not hold documents when the process is killed.
    func performSingly<Result: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await perform(in: nil, body)
    }

    private func perform<Result: Sendable>(
        in dialect: Dialect?, _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + timeout
        return try await threads.run { [self] in
            do {
                return try pool.withSession(until: deadline, observer: observer) { session in
                    if let dialect { try layout.makeIndexes(of: dialect, session) }
                    let transaction = StoreTransaction(session, self)
                    defer { transaction.end() }
                    return try body(transaction)
                }
            } catch let error as any StoreFailure {
                throw ChatError(.unavailable, cause: error)
            }
        }
    }
}

/// An error of the store's own that callers see as ``StoreError/unavailable``.
private protocol StoreFailure: Error {}
extension MongoError: StoreFailure {}
extension BSONError: StoreFailure {}
extension DocumentError: StoreFailure {}
extension DecodingError: StoreFailure {}
extension EncodingError: StoreFailure {}

extension MongoDBOptions {
    /// What a migration has not written entirely is not used.
    fileprivate func requireComplete(_ own: OwnCollections, _ session: MongoSession) throws {
        guard !allowsIncomplete, let known = try session.first(own.migration, ["_id": "migration"]),
            try MigrationState(known).state != "ended"
        else { return }
        throw ChatError(.isIncomplete(url: shownURI))
    }
}

extension MongoSession {
    /// Transactions need a replica set or a sharded cluster.
    fileprivate func requireReplicaSet() throws {
        let hello = try run("admin", ["hello": 1], writes: true)
        guard hello["setName"] != nil || hello["msg"]?.stringValue == "isdbgrid" else {
            throw MongoError(
                code: 20, message: "the server is no member of a replica set, which transactions need", command: "hello"
            )
        }
    }
}
