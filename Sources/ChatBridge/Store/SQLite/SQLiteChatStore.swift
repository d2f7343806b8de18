import Concurrency
public import Foundation
import JSON

/// The chat store of the embedded default: one SQLite file, worked on by one thread.
///
/// The log is written ahead (WAL). What changes messages is on the disk when it is acknowledged; notes that only spare
/// work after a crash (intents, what the outbox has told) outlive the process, and may be lost with the power, which
/// costs a repeated event at most.
public actor SQLiteChatStore: ChatStore {
    let connection: SQLiteConnection
    let now: @Sendable () -> Date
    /// This opening of the store: whose reservations, claims and leases are its own.
    let start: StoreStart
    /// When another runner's job was last seen to change: see ``claim(_:by:lease:)``.
    var observedJobs: [String: ObservedJob] = [:]
    /// The contacts of those who asked lately.
    var contacts = ContactCache()
    let requiresReservations: Bool
    /// In uptime.
    let recheckDelays: [Duration]
    /// In bytes per second; 0 for none.
    let minimumUploadRate: Int
    private let uptime: @Sendable () -> Duration
    private let executor: ThreadExecutor

    /// The store's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens, or makes, the store at `path` and brings its tables up to date. Blocks while it does.
    /// - Parameters:
    ///   - now: the time as it is shown; it may be set, and decides about nothing but daily limits and what expires by a date.
    ///   - uptime: how long the store has been open, by a clock that cannot be set.
    ///   - recheckDelays: after which times an object that was not written to its end is deleted again, each counted from the
    ///     deletion before: a store may complete a write after the process that made it, and the reservation, are gone.
    ///   - requiresReservations: whether only objects can be shown that were reserved here before; not where they come from
    ///     elsewhere.
    ///   - minimumUploadRate: how many bytes per second an upload straight to the object store is taken to make at least; 0
    ///     where that is not known. After that time nothing of it arrives any more.
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
            start = try StoreStart(of: path, connection: connection)
            self.connection = connection
        } catch let error as SQLiteError {
            throw ChatError(.cannotOpen(path: path, reason: error.message), cause: error)
        }
    }

    /// The uptime as the tables hold it.
    var uptimeMilliseconds: Int { uptime().wholeMilliseconds }

    /// See ``ChatStore``.
    public func check() throws { try transact(durable: false) {} }

    /// Performs `body` as one transaction.
    func transact<Result>(durable: Bool = true, _ body: () throws -> Result) throws -> Result {
        // Not by `translate`: Swift 6.0 takes a closure that calls `body` for one that leaves the actor.
        do {
            return try connection.transaction(durable: durable, body)
        } catch let error as SQLiteError {
            throw Self.unavailable(error)
        }
    }

    /// Performs a query.
    func translate<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SQLiteError {
            throw Self.unavailable(error)
        }
    }

    private static func unavailable(_ error: SQLiteError) -> ChatError {
        ChatError(.unavailable, cause: error)
    }
}

/// Moments as the tables hold them.
extension Date {
    /// The years 1 to 9999: what ISO 8601 can write, and every calendar can reckon with.
    private static let writable = -62_135_596_800_000...253_402_300_799_999

    /// Since 1970, UTC; a moment that cannot be written is the nearest that can.
    var milliseconds: Int { Int(saturating: timeIntervalSince1970 * 1000, within: Self.writable) }

    /// A moment from outside or from the tables; one that cannot be written is the nearest that can.
    init(milliseconds: Int) {
        let bounds = Self.writable
        let held = min(max(milliseconds, bounds.lowerBound), bounds.upperBound)
        self.init(timeIntervalSince1970: Double(held) / 1000)
    }

    /// The UTC day, counted from 1970.
    var day: Int { Int((Double(milliseconds) / 86_400_000).rounded(.down)) }
}

/// Records as the tables hold them.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func optionalText(_ value: (some Encodable)?) throws -> String? { try value.map { try text($0) } }

    /// A value of any shape: read in one pass, where a decoder would have to try what it is.
    static func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: text, limits: limits) }

    /// What was taken in is read back, whatever the limits were then.
    private static let limits = JSONLimits(maximumBytes: .max, maximumDepth: 512, maximumValues: .max)

    static func value<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
