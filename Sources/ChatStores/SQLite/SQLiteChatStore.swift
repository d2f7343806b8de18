public import ChatBridge
import Concurrency
public import Foundation
import JSON

/// The chat store of standalone mode: one SQLite file, used by one thread, and by another one for searches, which may take long.
///
/// The log is written ahead (WAL). What changes messages is on disk when it is acknowledged; records that only save work after a
/// crash (reservations, delivered outbox entries) survive the process and may be lost in a power failure, which repeats an event, or leaves
/// an object that nothing refers to.
public actor SQLiteChatStore: ChatStore {
    let connection: SQLiteConnection
    package let now: @Sendable () -> Date
    /// The start of this process, to which its reservations, claims and leases belong.
    let start: StoreStart
    /// When another runner's job was last seen to change: see ``claim(_:by:lease:)``.
    var observedJobs: [String: ObservedJob] = [:]
    /// The contacts that were read lately.
    var contacts = ContactCache()
    /// The endpoints of webhooks, and SQLite's number of the database's state when they were read: another process may change them.
    var knownWebhookEndpoints: (state: Int, endpoints: [WebhookEndpoint])?
    let requiresReservations: Bool
    /// In uptime.
    let recheckDelays: [Duration]
    /// In bytes per second; 0 for none.
    let minimumUploadRate: Int
    private let uptime: @Sendable () -> Duration
    private let executor: ThreadExecutor
    /// The same file with a thread and a connection of its own, on which nothing is written; `nil` in that one itself.
    nonisolated let reader: SQLiteChatStore?

    /// The store's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens, or creates, the store at `path` and migrates its tables. Blocks meanwhile.
    /// - Parameters:
    ///   - now: the wall clock; it may be set, and decides only about daily limits and what expires at a date.
    ///   - uptime: how long the store has been open, by a clock that cannot be set.
    ///   - recheckDelays: after which delays an object whose write was not completed is deleted again, each counted from the
    ///     previous deletion: an object store may complete a write after the process that began it has ended.
    ///   - requiresReservations: whether only objects can be referenced that were reserved in this store before; `false` for an
    ///     import.
    ///   - minimumUploadRate: the lowest rate of a direct upload to the object store, in bytes per second, from which its
    ///     longest duration follows; 0 where it is not known.
    /// - Throws: ``ChatError`` with ``StoreError/cannotOpen(path:reason:)`` or ``StoreError/isNewer(version:known:)``.
    public init(
        path: String, now: @escaping @Sendable () -> Date = { Date() }, uptime: (@Sendable () -> Duration)? = nil,
        recheckDelays: [Duration] = SQLiteChatStore.defaultRecheckDelays, requiresReservations: Bool = true,
        minimumUploadRate: Int = 1024
    ) throws {
        executor = ThreadExecutor(name: "chat-store")
        self.now = now
        self.recheckDelays = recheckDelays
        self.requiresReservations = requiresReservations
        self.minimumUploadRate = minimumUploadRate
        let opened = ContinuousClock.now
        self.uptime = uptime ?? { ContinuousClock.now - opened }
        do {
            let connection = try SQLiteConnection(path: path)
            try SQLiteMigrations.apply(to: connection)
            try SQLiteMigrations.indexMessages(of: connection)
            start = try StoreStart(of: path, connection: connection)
            self.connection = connection
            reader = try SQLiteChatStore(
                readerOf: path, start, now: now, uptime: self.uptime, recheckDelays: recheckDelays,
                minimumUploadRate: minimumUploadRate)
        } catch let error as any StoreFailure {
            let reason = (error as? SQLiteError)?.message ?? "\(error)"
            throw ChatError(.cannotOpen(path: path, reason: reason), cause: error)
        }
    }

    private init(
        readerOf path: String, _ start: StoreStart, now: @escaping @Sendable () -> Date,
        uptime: @escaping @Sendable () -> Duration, recheckDelays: [Duration], minimumUploadRate: Int
    ) throws {
        executor = ThreadExecutor(name: "chat-search")
        self.now = now
        self.uptime = uptime
        self.recheckDelays = recheckDelays
        self.minimumUploadRate = minimumUploadRate
        self.start = start
        requiresReservations = true
        connection = try SQLiteConnection(path: path, isReader: true)
        reader = nil
    }

    /// The uptime as the tables have it, in milliseconds.
    var uptimeMilliseconds: Int { uptime().wholeMilliseconds }

    /// See ``ChatStore``.
    public nonisolated var engine: String { "sqlite" }

    /// See ``ChatStore``.
    public func check() throws { try transact(durable: false) {} }

    /// See ``ChatStore``. Without the write-ahead log.
    public func databaseBytes() throws -> Int {
        try translate {
            let pages = try connection.first("PRAGMA page_count") { $0.integer(0) } ?? 0
            return pages * (try connection.first("PRAGMA page_size") { $0.integer(0) } ?? 0)
        }
    }

    /// Performs `body` as one transaction.
    /// - Throws: ``ChatError`` with ``StoreError/unavailable`` when SQLite fails or a stored value cannot be read, and with
    ///   ``StoreError/readOnly``; what `body` throws.
    package func transact<Result>(durable: Bool = true, _ body: () throws -> Result) throws -> Result {
        // Not by `translate`: Swift 6.0 treats a closure that calls `body` as one that leaves the actor.
        do {
            return try connection.transaction(durable: durable, unlessReadOnly: true, body)
        } catch let error as any StoreFailure {
            throw ChatError(.unavailable, cause: error)
        }
    }

    /// Performs a query.
    /// - Throws: see ``transact(durable:_:)``.
    func translate<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as any StoreFailure {
            throw ChatError(.unavailable, cause: error)
        }
    }
}

/// An error of the store's own that callers see as ``StoreError/unavailable``.
private protocol StoreFailure: Error {}
extension SQLiteError: StoreFailure {}
extension JSONError: StoreFailure {}
extension DecodingError: StoreFailure {}
extension EncodingError: StoreFailure {}

/// JSON as the tables have it.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func optionalText(_ value: (some Encodable)?) throws -> String? { try value.map { try text($0) } }

    /// A value of any type, parsed in one pass; a decoder would have to try each type.
    static func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: text, limits: limits) }

    /// What was accepted once must be readable, whatever the limits were then.
    private static let limits = JSONLimits(maximumBytes: .max, maximumDepth: 512, maximumValues: .max)

    static func value<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
