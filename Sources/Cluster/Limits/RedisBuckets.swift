import Concurrency
package import Limits
package import Logging
package import Redis
import Synchronization

/// What keys have used, counted by all nodes in Redis: one round trip for each use, in which Redis decides. Where it does not answer in time, each
/// node counts for itself until it does.
package final class RedisBuckets: SharedBuckets {
    private let client: RedisClient
    private let prefix: String
    private let logger: Logger
    /// Redis rejects each use while the cause lasts.
    private let errorLimit: RateLimit
    /// Until then Redis is not asked: it did not answer.
    private let pause = Mutex(ContinuousClock.now)

    /// How long a request waits for Redis, once in ``pauseTime`` at most.
    private let timeLimit: Duration
    /// For how long Redis is not asked where it did not answer.
    private static let pauseTime = Duration.seconds(1)

    /// Opens a connection of its own, on which nothing waits for events.
    /// - Parameters:
    ///   - timeLimit: how long a request waits for Redis.
    ///   - errorPeriod: the time within which one error reply of Redis is logged.
    package init(
        _ options: RedisOptions, timeLimit: Duration = .milliseconds(100), errorPeriod: Duration = .seconds(60),
        logger: Logger
    ) {
        self.timeLimit = timeLimit
        errorLimit = RateLimit(1, per: errorPeriod)
        prefix = options.prefix + ":limits:"
        self.logger = logger
        client = RedisClient(options, name: "redis-limits", logger: logger)
    }

    /// See `SharedBuckets`.
    package func take(_ cost: Int, of key: String, _ rule: RateRule) async -> SharedResult {
        guard pause.withLock({ $0 <= .now }) else { return .unknown }
        let command = command(cost, of: key, rule)
        let (client, timeLimit) = (client, timeLimit)
        // In a task of its own: where the client of a request goes away, its task is cancelled, and Redis is not silent. Without a connection
        // each node counts for itself; the connection logs why there is none.
        let asked = Task { try? await client.run([command]).first }
        let reply = await Task { await asked.value(within: timeLimit) }.value
        if reply == nil { giveBackLate(cost, of: key, rule, after: asked) }
        if case .error(let message)?? = reply { log(message) }
        guard let count = (reply ?? nil).flatMap(Count.init) else {
            pause.withLock { $0 = .now + Self.pauseTime }
            return .unknown
        }
        return count.isTaken ? .taken : .rejected(used: count.used)
    }

    /// What Redis has counted too late was counted by this node alone, and is given back.
    private func giveBackLate(_ cost: Int, of key: String, _ rule: RateRule, after asked: Task<RedisReply?, Never>) {
        Task {
            guard let count = await asked.value.flatMap(Count.init), count.isTaken else { return }
            client.enqueue([command(-cost, of: key, rule)], isKept: false)
        }
    }

    /// See `SharedBuckets`. While Redis is not asked nothing is given back: it has most probably not been counted there.
    package func giveBack(_ amount: Int, of key: String, _ rule: RateRule) {
        guard pause.withLock({ $0 <= .now }) else { return }
        client.enqueue([command(-amount, of: key, rule)], isKept: false)
    }

    /// The answer of ``script``.
    private struct Count {
        let isTaken: Bool
        let used: Double

        init?(_ reply: RedisReply) {
            let words = reply.elements
            guard words.count == 2, let isTaken = words[0].integerValue, let used = words[1].text.flatMap(Double.init)
            else { return nil }
            (self.isTaken, self.used) = (isTaken == 1, used)
        }
    }

    private func log(_ message: String) {
        guard let suppressed = errorLimit.permit() else { return }
        var metadata = ["error": message]
        if suppressed > 0 { metadata["notLogged"] = "\(suppressed)" }
        logger.error("Redis rejects the counting of requests: each node counts for itself", metadata)
    }

    private func command(_ cost: Int, of key: String, _ rule: RateRule) -> RedisCommand {
        RedisCommand(
            "EVAL", Self.script, "1", "\(prefix)\(rule.name):\(key)", "\(rule.maximum)",
            "\(rule.period.wholeMilliseconds)", "\(cost)")
    }

    /// The bucket is a hash of what is used (`u`) and when that was so (`t`, in milliseconds). Redis's clock may be set back: no time
    /// has passed then, and it is counted from the present time on, also for a key that is rejected. The key expires when nothing is used any more.
    private static let script = """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + clock[2] / 1000
        local maximum, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local bucket = redis.call('HMGET', KEYS[1], 'u', 't')
        local used = tonumber(bucket[1] or 0)
        local passed = math.max(0, now - tonumber(bucket[2] or now))
        used = math.max(0, used - passed * maximum / period)
        local fits = cost <= 0 or used + cost <= maximum
        if fits then used = math.max(0, used + cost) end
        if fits or tonumber(bucket[2] or now) > now then
            redis.call('HSET', KEYS[1], 'u', string.format('%.17g', used), 't', string.format('%.17g', now))
            redis.call('PEXPIRE', KEYS[1], math.ceil(used * period / maximum) + 1)
        end
        return {fits and 1 or 0, string.format('%.17g', used)}
        """
}
