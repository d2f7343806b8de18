import Foundation

/// Commands that wait for the connection, in order.
// Sendable: everything that changes is touched only with `condition` locked.
final class RequestQueue: @unchecked Sendable {
    /// Commands that belong together, and what to do with their replies.
    struct Request: Sendable {
        let commands: [RedisCommand]
        /// Whether they are sent again until Redis has performed them; otherwise they fail without a connection.
        let isKept: Bool
        let finished: @Sendable (Result<[RedisReply], RedisError>) -> Void

        var bytes: Int { commands.reduce(0) { $0 + $1.encoded.count } }
    }

    private let condition = NSCondition()
    private var waiting: [Request] = []
    private var keptBytes = 0
    private var failure: RedisError?
    private var isClosed = false

    /// The size of the commands that are kept and not performed yet, in bytes.
    var keptSize: Int { condition.withLock { keptBytes } }

    /// Adds a request. Returns why it fails at once, if it does.
    func append(_ request: Request) -> RedisError? {
        condition.withLock {
            if isClosed { return .closed }
            if let failure, !request.isKept { return failure }
            waiting.append(request)
            if request.isKept { keptBytes += request.bytes }
            condition.signal()
            return nil
        }
    }

    /// Waits for requests, at most for `time`, and removes them from the queue. Returns `nil` once the queue is closed.
    func next(limit: Int, within time: TimeInterval) -> ArraySlice<Request>? {
        condition.withLock {
            let end = Date(timeIntervalSinceNow: time)
            while waiting.isEmpty, !isClosed, condition.wait(until: end) {}
            guard !isClosed else { return nil }
            defer { waiting.removeFirst(min(limit, waiting.count)) }
            return waiting.prefix(limit)
        }
    }

    /// A request that was removed is performed.
    func performed(_ request: Request, _ replies: [RedisReply]) {
        if request.isKept { condition.withLock { keptBytes -= request.bytes } }
        request.finished(.success(replies))
    }

    /// A connection is open.
    func connected() { condition.withLock { failure = nil } }

    /// There is no connection: requests fail unless they are kept.
    /// - Parameter unfinished: those that were removed and not performed; they are the first again.
    func disconnected(_ error: RedisError, unfinished: ArraySlice<Request> = []) {
        let failed = condition.withLock {
            let all = unfinished + waiting
            failure = error
            waiting = all.filter { $0.isKept && !isClosed }
            return all.filter { !$0.isKept || isClosed }
        }
        for request in failed { request.finished(.failure(error)) }
    }

    /// Fails all requests, and accepts no more.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
        disconnected(.closed)
    }
}

extension RedisError {
    /// The client was closed.
    static let closed = RedisError.unavailable("the service shuts down")
}
