import CMongo
import Concurrency

/// The connections to a cluster, which the threads of a process share.
// Sendable: libmongoc's pool may be used by several threads at once; nothing else is stored.
final class MongoPool: @unchecked Sendable {
    private let pool: OpaquePointer

    /// libmongoc, initialized once in a process.
    private static let library: Void = {
        mongoc_init()
        darkroom_mongo_silence()
    }()

    /// A pool for the cluster of `uri`. Connects when the first command is sent.
    /// - Parameter timeout: how long a member is searched for, and an answer waited for, unless the URI says so.
    /// - Throws: ``MongoError`` where the URI cannot be read.
    init(uri text: String, timeout: Duration) throws(MongoError) {
        _ = Self.library
        var message = [CChar](repeating: 0, count: 512)
        guard let uri = darkroom_mongo_uri(text, &message) else {
            let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw MongoError(code: 0, message: reason, command: "connect")
        }
        defer { mongoc_uri_destroy(uri) }
        let milliseconds = Int32(clamping: timeout.wholeMilliseconds)
        for option in ["serverselectiontimeoutms", "connecttimeoutms", "sockettimeoutms", "waitqueuetimeoutms"]
        where !mongoc_uri_has_option(uri, option) {
            mongoc_uri_set_option_as_int32(uri, option, milliseconds)
        }
        guard let pool = mongoc_client_pool_new(uri) else {
            throw MongoError(code: 0, message: "the URI names no server", command: "connect")
        }
        mongoc_client_pool_set_error_api(pool, 2)
        mongoc_client_pool_set_appname(pool, "darkroom")
        self.pool = pool
    }

    deinit { mongoc_client_pool_destroy(pool) }

    /// Calls `body` with a session of its own. Blocks while all connections are in use.
    /// - Parameter deadline: when what `body` does must be done.
    /// - Throws: ``MongoError`` where there is no connection; what `body` throws.
    func withSession<Result>(
        until deadline: ContinuousClock.Instant, observer: CommandObserver? = nil,
        _ body: (MongoSession) throws -> Result
    ) throws -> Result {
        guard let client = mongoc_client_pool_pop(pool) else { throw MongoError.deadline("connect") }
        defer { mongoc_client_pool_push(pool, client) }
        guard let session = darkroom_mongo_session(client) else {
            throw MongoError(code: 0, message: "no server of the cluster can be reached", command: "connect")
        }
        defer { mongoc_client_session_destroy(session) }
        return try body(MongoSession(client: client, session: session, deadline: deadline, observer: observer))
    }
}
