import CMongo
import Concurrency

/// The connections to a cluster, which the threads of a process share.
// Sendable: libmongoc's pool may be used by several threads at once; what else is stored does not change.
final class MongoPool: @unchecked Sendable {
    private let pool: OpaquePointer
    /// One permit for each client of the pool: where an operation has one, a client is free, and the pool does not wait.
    private let permits: BlockingSemaphore
    /// The most connections that may be in use at once.
    let size: Int

    /// Why libmongoc cannot be used, which is loaded once in a process; `nil` where it can.
    private static let loadingFailure: String? = {
        var message = [CChar](repeating: 0, count: Int(DARKROOM_MONGO_MESSAGE_SIZE))
        return darkroom_mongo_load(&message) ? nil : text(message)
    }()

    /// A pool for the cluster of `uri`. Connects when the first command is sent.
    /// - Parameter timeout: how long a member is searched for, and an answer waited for, unless the URI says so.
    /// - Throws: ``MongoError`` where libmongoc is not installed or the URI cannot be read.
    init(uri: String, timeout: Duration) throws(MongoError) {
        if let reason = Self.loadingFailure { throw MongoError(code: 0, message: reason, command: "connect") }
        var message = [CChar](repeating: 0, count: Int(DARKROOM_MONGO_MESSAGE_SIZE))
        var size: Int32 = 0
        guard let pool = darkroom_mongo_pool(uri, Int32(clamping: timeout.wholeMilliseconds), &size, &message) else {
            throw MongoError(code: 0, message: Self.text(message), command: "connect")
        }
        self.pool = pool
        self.size = max(Int(size), 1)
        permits = BlockingSemaphore(permits: self.size)
    }

    deinit { darkroom_mongo_pool_destroy(pool) }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Calls `body` with a session of its own. Blocks while all connections are in use, until the deadline. `body` must not call
    /// this again: operations that each wait for a second connection could wait for each other.
    /// - Parameter deadline: when what `body` does must be done.
    /// - Throws: ``MongoError`` where there is no connection; what `body` throws.
    func withSession<Result>(
        until deadline: ContinuousClock.Instant, observer: CommandObserver? = nil,
        _ body: (MongoSession) throws -> Result
    ) throws -> Result {
        // Also where the operation has waited for its thread until now: the search for a server has a time of its own.
        guard ContinuousClock.now < deadline, permits.acquire(until: deadline) else {
            throw MongoError.deadline("connect")
        }
        defer { permits.release() }
        guard let client = darkroom_mongo_pop(pool) else { throw MongoError.deadline("connect") }
        defer { darkroom_mongo_push(pool, client) }
        guard let session = darkroom_mongo_session(client) else {
            throw MongoError(code: 0, message: "no server of the cluster can be reached", command: "connect")
        }
        defer { darkroom_mongo_session_destroy(session) }
        return try body(MongoSession(client: client, session: session, deadline: deadline, observer: observer))
    }
}
