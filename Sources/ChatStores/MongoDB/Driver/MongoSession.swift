import CMongo
package import ChatDocuments
import Concurrency

/// A collection of a database.
struct MongoCollection: Sendable, Hashable {
    let database: String
    let name: String
}

/// What is called with every command before it is sent, for tests.
package typealias CommandObserver = @Sendable (_ database: String, _ command: BSONDocument) -> Void

/// A session with the cluster, used by one thread for one operation.
final class MongoSession {
    private let client: OpaquePointer
    private let session: OpaquePointer
    private let observer: CommandObserver?
    /// When the operation must be done.
    let deadline: ContinuousClock.Instant
    private(set) var isInTransaction = false

    init(
        client: OpaquePointer, session: OpaquePointer, deadline: ContinuousClock.Instant, observer: CommandObserver?
    ) {
        self.client = client
        self.session = session
        self.deadline = deadline
        self.observer = observer
    }

    /// What the session is called on the server. Sessions of one client that are not used at once have the same one.
    var id: BSONDocument {
        get throws {
            var length = 0
            let bytes = darkroom_mongo_session_id(session, &length)
            return try BSONDocument(encoded: UnsafeRawBufferPointer(start: bytes, count: length))
        }
    }

    /// The time that is left, in milliseconds.
    var remainingMilliseconds: Int { max((deadline - .now).wholeMilliseconds, 0) }

    /// Runs a command, whose first field names it.
    /// - Parameters:
    ///   - isIndependent: whether it is no part of the transaction that the session may have begun.
    ///   - time: of a read outside of a transaction: a time of the cluster, and the read waits until everything that was written until
    ///     then is acknowledged by a majority.
    /// - Throws: ``MongoError``, also for a write that the server rejected.
    @discardableResult
    func run(
        _ database: String, _ command: BSONDocument, writes: Bool, isIndependent: Bool = false,
        after time: BSONValue? = nil
    ) throws -> BSONDocument {
        let name = command.fields[0].name
        var command = command
        if let time { command["readConcern"] = ["level": "majority", "afterClusterTime": time] }
        observer?(database, command)
        let remaining = remainingMilliseconds
        guard remaining > 0 else { throw MongoError.deadline(name) }
        if name != "getMore" { command["maxTimeMS"] = .int64(remaining) }
        if !writes, !isInTransaction, name != "getMore", time == nil {
            command["readConcern"] = ["level": "majority"]
        }
        let bytes = command.encoded
        var reply = darkroom_mongo_reply()
        defer { darkroom_mongo_free(&reply) }
        let isDone = darkroom_mongo_command(
            client, isIndependent ? nil : session, database, bytes, bytes.count, writes, &reply)
        guard isDone else { throw MongoError(&reply, command: name) }
        let document = try BSONDocument(
            encoded: UnsafeRawBufferPointer(start: reply.bytes, count: reply.bytes == nil ? 0 : reply.length))
        if let error = document["writeErrors"]?.arrayValue?.first?.documentValue
            ?? document["writeConcernError"]?.documentValue
        {
            throw MongoError(
                code: error["code"]?.integerValue ?? 0, message: error["errmsg"]?.stringValue ?? "", command: name)
        }
        return document
    }

    /// Begins a transaction.
    func begin() throws {
        var reply = darkroom_mongo_reply()
        defer { darkroom_mongo_free(&reply) }
        guard remainingMilliseconds > 0 else { throw MongoError.deadline("transaction") }
        guard darkroom_mongo_begin(session, Int64(remainingMilliseconds), &reply) else {
            throw MongoError(&reply, command: "transaction")
        }
        isInTransaction = true
    }

    /// Commits the transaction. May be called again where the error says that it is not known whether it was committed.
    func commit() throws {
        var reply = darkroom_mongo_reply()
        defer { darkroom_mongo_free(&reply) }
        guard darkroom_mongo_commit(session, &reply) else { throw MongoError(&reply, command: "commitTransaction") }
        isInTransaction = false
    }

    /// Ends the transaction without changing anything.
    func abort() {
        guard isInTransaction else { return }
        isInTransaction = false
        darkroom_mongo_abort(session)
    }
}
