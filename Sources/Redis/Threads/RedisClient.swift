import CLinux
import Concurrency
public import Logging

/// Performs commands on one connection, in the order in which they were given, on a thread of its own. The connection is
/// opened again whenever it was lost.
public final class RedisClient: Sendable {
    private let queue = RequestQueue()
    private let worker: RedisWorker

    /// Opens the connection.
    /// - Parameter connected: called on the thread whenever a connection was opened.
    public init(
        _ options: RedisOptions, name: String = "redis", logger: Logger,
        connected: @escaping @Sendable () -> Void = {}
    ) {
        let queue = queue
        worker = RedisWorker(options, name: name, logger: logger) {
            queue.disconnected($0)
        } _: { connection, _ throws(RedisError) in
            queue.connected()
            connected()
            while let requests = queue.next(limit: 128, within: 10) {
                if requests.isEmpty { _ = try connection.run("PING") }
                try Self.perform(requests, of: queue, on: connection)
            }
        }
    }

    deinit { close() }

    /// Performs commands and returns their replies, which may be errors.
    /// - Throws: ``RedisError/unavailable(_:)`` without a connection.
    public func run(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        let result = await withCheckedContinuation { continuation in
            let request = RequestQueue.Request(commands: commands, isKept: false) { continuation.resume(returning: $0) }
            if let failure = queue.append(request) { continuation.resume(returning: .failure(failure)) }
        }
        return try result.get()
    }

    /// Performs one command.
    /// - Throws: ``RedisError``, also for a reply that is an error.
    public func run(_ words: String...) async throws(RedisError) -> RedisReply {
        let reply = try await run([RedisCommand(words)])[0]
        if case .error(let message) = reply { throw .rejected(message) }
        return reply
    }

    /// Queues commands that are sent until Redis has performed them without an error, however long it cannot be reached: more
    /// than once, if the connection ends before Redis has answered. Never waits.
    /// - Parameters:
    ///   - isKept: `false` to drop them when Redis cannot be reached now.
    ///   - done: called when they are performed, and released when they are dropped. Must return quickly.
    public func enqueue(
        _ commands: [RedisCommand], isKept: Bool = true, done: @escaping @Sendable () -> Void = {}
    ) {
        _ = queue.append(
            RequestQueue.Request(commands: commands, isKept: isKept) { result in
                if case .success = result { done() }
            })
    }

    /// The size of the commands that wait until Redis has performed them, in bytes.
    public var waitingBytes: Int { queue.keptSize }

    /// Checks whether Redis answers.
    /// - Throws: ``RedisError``.
    public func check() async throws(RedisError) { _ = try await run("PING") }

    /// Closes the connection. What was not performed is dropped.
    public func close() {
        worker.stop()
        queue.close()
    }

    private static func perform(
        _ requests: ArraySlice<RequestQueue.Request>, of queue: RequestQueue, on connection: RedisConnection
    ) throws(RedisError) {
        var unfinished = requests
        do throws(RedisError) {
            for request in requests { for command in request.commands { try connection.append(command) } }
            while let request = unfinished.first {
                var replies: [RedisReply] = []
                for _ in request.commands { replies.append(try connection.reply()) }
                if request.isKept {
                    for case .error(let message) in replies { throw .rejected(message) }
                }
                unfinished.removeFirst()
                queue.performed(request, replies)
            }
        } catch {
            queue.disconnected(error, unfinished: unfinished)
            throw error
        }
    }
}
