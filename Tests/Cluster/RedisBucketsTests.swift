import Foundation
import Limits
import Logging
import Redis
import Synchronization
import TestPrograms
import Testing

@testable import Cluster

@Suite("Limits that nodes count together in Redis")
struct RedisBucketsTests {
    private static let rule = RateRule("test", maximum: 50, per: .seconds(3600))

    /// Buckets whose connection is open. A busy machine may make Redis slow: by default they wait for it.
    private static func buckets(
        _ server: RedisServer, timeLimit: Duration = .seconds(60),
        logger: Logger = Logger(level: .error) { _ in }
    ) async throws -> RedisBuckets {
        let options = RedisOptions(port: server.port, timeout: .seconds(60))
        let buckets = RedisBuckets(options, timeLimit: timeLimit, errorPeriod: .seconds(86_400), logger: logger)
        try await eventually("connected") { await buckets.take(1, of: "first", rule) == .taken }
        return buckets
    }

    @Test("of 200 requests at the same time at two nodes exactly the allowed 50 are admitted")
    func parallel() async throws {
        let server = try RedisServer()
        let buckets = [try await Self.buckets(server), try await Self.buckets(server)]
        let nodes = buckets.map { RateLimiter(Self.rule, shared: $0) }
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 { group.addTask { await nodes[index % 2].take(of: "ann") == nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 50)
        let wait = try #require(await nodes[0].take(of: "ann"))
        #expect(wait > .seconds(30) && wait <= .seconds(72))
        nodes[1].giveBack(10, of: "ann")
        try await eventually("the other node may use what was given back") { await nodes[0].take(of: "ann") == nil }
    }

    @Test(
        "a clock of Redis that was set back by a day neither frees nor rejects anyone, and a key expires when it is of no use"
    )
    func clockSetBack() async throws {
        let server = try RedisServer()
        let buckets = try await Self.buckets(server)
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        let tomorrow = "\((Date().timeIntervalSince1970 + 86_400) * 1000)"
        _ = try await client.run("HSET", "darkroom:limits:test:ann", "u", "48", "t", tomorrow)
        #expect(await buckets.take(1, of: "ann", Self.rule) == .taken)
        #expect(await buckets.take(1, of: "ann", Self.rule) == .taken)
        guard case .rejected(let used) = await buckets.take(1, of: "ann", Self.rule) else {
            Issue.record("it is not rejected")
            return
        }
        #expect(used > 49 && used <= 50)
        let lifetime = try await client.run("PTTL", "darkroom:limits:test:ann").integerValue ?? 0
        #expect((3_500_000...3_600_001).contains(lifetime))
    }

    @Test("a user who has used up everything when Redis's clock is set back by a day gets it back evenly from then on")
    func clockSetBackAtLimit() async throws {
        let server = try RedisServer()
        let buckets = try await Self.buckets(server)
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        let now = Date().timeIntervalSince1970 * 1000
        let key = "darkroom:limits:test:ann"
        _ = try await client.run("HSET", key, "u", "50", "t", "\(now + 86_400_000)")
        guard case .rejected(let used) = await buckets.take(1, of: "ann", Self.rule) else {
            Issue.record("it is not rejected")
            return
        }
        #expect(used == 50)
        // The time of the bucket is the present one: 73 s later one of 50 in an hour is free.
        let time = try await client.run("HGET", key, "t").text.flatMap(Double.init) ?? .infinity
        #expect(time >= now - 1000 && time < now + 60_000)
        let lifetime = try await client.run("PTTL", key).integerValue ?? 0
        #expect((3_500_000...3_600_001).contains(lifetime))
        _ = try await client.run("HSET", key, "u", "50", "t", "\(time - 73_000)")
        #expect(await buckets.take(1, of: "ann", Self.rule) == .taken)
    }

    @Test("an error reply of Redis is logged, once in a period at most, and each node counts for itself")
    func errorReplies() async throws {
        let server = try RedisServer()
        let lines = Mutex<[String]>([])
        let logger = Logger(level: .error) { line in lines.withLock { $0.append("\(line)") } }
        let buckets = try await Self.buckets(server, logger: logger)
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        _ = try await client.run("SET", "darkroom:limits:test:ann", "not a hash")
        #expect(await buckets.take(1, of: "ann", Self.rule) == .unknown)
        let found = lines.withLock { $0 }
        #expect(found.count == 1 && found.first?.contains("WRONGTYPE") == true, "\(found)")
        try await eventually("Redis is asked again") { await buckets.take(1, of: "bob", Self.rule) == .taken }
        #expect(await buckets.take(1, of: "ann", Self.rule) == .unknown)
        #expect(lines.withLock { $0.count } == 1)
    }

    @Test("where Redis accepts connections and does not answer, each node counts for itself")
    func silence() async throws {
        let server = try RedisServer()
        let buckets = try await Self.buckets(server, timeLimit: .milliseconds(100))
        let node = RateLimiter(Self.rule, shared: buckets)
        try server.pause()
        var results: [RateLimiter.Result] = []
        for _ in 0..<60 { results.append(await node.use(of: "ann")) }
        #expect(results.count { $0 == .taken(isLocal: true) } == 50)
        #expect(results.count { $0 == .taken(isLocal: false) } == 0)
        try server.resume()
        try await eventually("Redis counts again") { await buckets.take(1, of: "bob", Self.rule) == .taken }
    }

    @Test("what Redis counts after the time limit is given back: it was counted by this node alone")
    func late() async throws {
        let server = try RedisServer()
        let buckets = try await Self.buckets(server, timeLimit: .milliseconds(100))
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        _ = try await client.run("CONFIG", "RESETSTAT")
        try server.pause()
        #expect(await buckets.take(20, of: "ann", Self.rule) == .unknown)
        try server.resume()
        try await eventually("Redis has counted, and counted back") {
            try await client.run("INFO", "commandstats").text?.contains("cmdstat_eval:calls=2,") == true
        }
        // A bucket of which nothing is used expires at once.
        try await eventually("nothing is used") {
            try await client.run("EXISTS", "darkroom:limits:test:ann") == .integer(0)
        }
    }

    @Test("while Redis is away nothing is rejected or waits for it, and each node counts for itself")
    func outage() async throws {
        let server = try RedisServer()
        let node = RateLimiter(Self.rule, shared: try await Self.buckets(server))
        server.stop()
        var admitted = 0
        for _ in 0..<60 where await node.take(of: "ann") == nil { admitted += 1 }
        #expect(admitted == 50)
    }
}
