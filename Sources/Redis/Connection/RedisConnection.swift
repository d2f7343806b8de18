import CHiredis
import Concurrency
import Foundation

/// One connection. Its calls block, so it belongs to a thread of its own. After a call that throws
/// ``RedisError/unavailable(_:)`` it is of no more use.
public final class RedisConnection {
    private let context: UnsafeMutablePointer<redisContext>

    /// Opens a connection, authenticates and selects the database.
    /// - Throws: ``RedisError``.
    public init(_ options: RedisOptions) throws(RedisError) {
        let timeout = timeval(options.timeout)
        guard let context = redisConnectWithTimeout(options.host, Int32(options.port), timeout) else {
            throw .unavailable("out of memory")
        }
        self.context = context
        guard context.pointee.err == 0 else { throw failure }
        guard redisSetTimeout(context, timeout) == REDIS_OK else { throw failure }
        redisEnableKeepAlive(context)
        if options.hasTLS, darkroom_redis_start_tls(context, options.host, options.authorities) != REDIS_OK {
            throw failure
        }
        var commands: [RedisCommand] = []
        if let password = options.password {
            commands.append(RedisCommand(["AUTH"] + (options.user.map { [$0] } ?? []) + [password]))
        }
        if options.database != 0 { commands.append(RedisCommand("SELECT", "\(options.database)")) }
        for reply in try run(commands) {
            if case .error(let message) = reply { throw .unavailable(message) }
        }
    }

    deinit { redisFree(context) }

    /// Performs commands and returns the reply to each, which may be an error.
    /// - Throws: ``RedisError/unavailable(_:)``.
    public func run(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
        for command in commands { try append(command) }
        var replies: [RedisReply] = []
        for _ in commands { replies.append(try reply()) }
        return replies
    }

    /// Performs one command.
    /// - Throws: ``RedisError``, also for a reply that is an error.
    public func run(_ words: String...) throws(RedisError) -> RedisReply {
        let reply = try run([RedisCommand(words)])[0]
        if case .error(let message) = reply { throw .rejected(message) }
        return reply
    }

    /// Adds a command to those that the next ``reply()`` sends.
    /// - Throws: ``RedisError/unavailable(_:)``.
    public func append(_ command: RedisCommand) throws(RedisError) {
        let status = command.encoded.withUnsafeBytes { bytes in
            redisAppendFormattedCommand(context, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
        }
        guard status == REDIS_OK else { throw failure }
    }

    /// Sends what was appended, and waits for the next reply or message.
    /// - Throws: ``RedisError/unavailable(_:)``, also when nothing arrives in time.
    public func reply() throws(RedisError) -> RedisReply {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReply(context, &reply) == REDIS_OK, let reply else { throw failure }
        return Self.take(reply)
    }

    /// Sends what was appended.
    /// - Throws: ``RedisError/unavailable(_:)``.
    public func flush() throws(RedisError) {
        var isDone: Int32 = 0
        while isDone == 0 {
            guard redisBufferWrite(context, &isDone) == REDIS_OK else { throw failure }
        }
    }

    /// The next message, if one arrives within `time`.
    /// - Throws: ``RedisError/unavailable(_:)``.
    public func message(within time: Duration) throws(RedisError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw failure }
        if let reply { return Self.take(reply) }
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Int32(clamping: time.wholeMilliseconds)) > 0 else { return nil }
        return try self.reply()
    }

    private var failure: RedisError {
        let text = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .unavailable(text.isEmpty ? "the connection has ended" : text)
    }

    private static func take(_ pointer: UnsafeMutableRawPointer) -> RedisReply {
        defer { freeReplyObject(pointer) }
        return RedisReply(pointer.assumingMemoryBound(to: redisReply.self).pointee)
    }
}

extension RedisReply {
    fileprivate init(_ reply: redisReply) {
        let bytes = Array(UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : Int(reply.len)))
        switch reply.type {
        case REDIS_REPLY_STRING: self = .bytes(bytes)
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(Int(reply.integer))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: Int(reply.elements))
            self = .array(elements.map { $0.map { RedisReply($0.pointee) } ?? .null })
        default: self = .null
        }
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
