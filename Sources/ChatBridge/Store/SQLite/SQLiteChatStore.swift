public import Foundation
import Threads

/// The chat store of the embedded default: one SQLite file, worked on by one thread.
///
/// The log is written ahead (WAL). What changes messages is on the disk when it is acknowledged; notes that only spare
/// work after a crash (intents, what the outbox has told) outlive the process, and may be lost with the power, which
/// costs a repeated event at most.
public actor SQLiteChatStore: ChatStore {
    let connection: SQLiteConnection
    let now: @Sendable () -> Date
    private let executor: ThreadExecutor

    /// The store's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens, or makes, the store at `path` and brings its tables up to date. Blocks while it does.
    public init(path: String, now: @escaping @Sendable () -> Date = { Date() }) throws {
        executor = ThreadExecutor(name: "chat-store")
        self.now = now
        do {
            let connection = try SQLiteConnection(path: path)
            try SQLiteMigrations.apply(to: connection)
            self.connection = connection
        } catch let error as SQLiteError {
            throw ChatError(
                .unavailable,
                "The chat store at \(path) cannot be opened: \(error.message). Check the folder and its rights.",
                cause: error)
        }
    }

    /// Performs `body` as one transaction.
    func transact<Result>(durable: Bool = true, _ body: () throws -> Result) throws -> Result {
        try translate { try connection.transaction(durable: durable, body) }
    }

    /// Performs a query.
    func translate<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SQLiteError {
            throw ChatError(.unavailable, "The chat store does not answer. Try again.", cause: error)
        }
    }
}

/// Moments as the tables hold them.
extension Date {
    /// Since 1970, UTC.
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// The UTC day, counted from 1970.
    var day: Int { Int((timeIntervalSince1970 / 86_400).rounded(.down)) }
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
