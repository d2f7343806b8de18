import Concurrency
import Foundation
public import Logging
public import Redis

/// The items of jobs that are to be processed next: a stream in Redis, which the nodes read as one consumer group. Each entry is
/// delivered to one node, and to another one when that node is not heard of. The chat store knows the state of each item: the
/// queue may lose entries or have them twice.
public final class ItemQueue: Sendable {
    /// The name of this node, which no other process has.
    let consumer: String
    /// The time after which a node that is not heard of loses what it has taken.
    let expiry: Duration
    private let client: RedisClient
    private let logger: Logger
    private let stream: String
    private let deadLetters: String

    /// The name of the consumer group.
    private static let group = "nodes"
    /// The dead letters that are kept, the latest ones.
    private static let maximumDeadLetters = 1000
    /// The most entries that are read at once; the jobs' windows keep their number far below it.
    private static let maximumEntries = 10_000
    /// The time after which a node that has taken nothing is removed from the group.
    private static let forgottenAfter = 3_600_000

    /// Opens the connection to Redis.
    /// - Parameters:
    ///   - name: the name of the queue, which is part of its keys in Redis.
    ///   - expiry: the time after which a node that is not heard of loses what it has taken.
    public init(_ options: RedisOptions, name: String = "jobs", expiry: Duration, logger: Logger) {
        consumer = UUID().uuidString
        self.expiry = expiry
        self.logger = logger
        stream = options.prefix + ":" + name
        deadLetters = options.prefix + ":" + name + ":dead"
        client = RedisClient(options, name: "redis-" + name, logger: logger)
    }

    // MARK: The coordinator of a job

    /// The numbers of the items of `job` that are in the queue, whether a node has taken them or not.
    func items(of job: String) async throws(RedisError) -> Set<Int> {
        let entries = try await run("XRANGE", stream, "-", "+", "COUNT", "\(Self.maximumEntries)")
        return Set(entries.elements.compactMap { QueuedItem($0) }.filter { $0.job == job }.map(\.item))
    }

    /// Adds items of `job`.
    func add(_ items: [Int], of job: String) async throws(RedisError) {
        guard !items.isEmpty else { return }
        let commands = items.map { RedisCommand("XADD", stream, "*", "job", job, "item", "\($0)") }
        for case .error(let message) in try await client.run(commands) { throw .rejected(message) }
    }

    // MARK: The nodes that process items

    /// Takes at most `limit` entries that no node has taken.
    func take(limit: Int) async throws(RedisError) -> [QueuedItem] {
        let words = [
            "XREADGROUP", "GROUP", Self.group, consumer, "COUNT", "\(limit)", "STREAMS", stream, ">",
        ]
        var reply = try await client.run([RedisCommand(words)])[0]
        if case .error(let message) = reply, message.hasPrefix("NOGROUP") {
            try await makeGroup()
            reply = try await client.run([RedisCommand(words)])[0]
        }
        if case .error(let message) = reply { throw .rejected(message) }
        return valid(reply.elements.first?.elements.last, isTakeover: false)
    }

    /// Takes at most `limit` entries from nodes that are not heard of.
    func takeOver(limit: Int) async throws(RedisError) -> [QueuedItem] {
        var items: [QueuedItem] = []
        var cursor = "0-0"
        repeat {
            let reply = try await run(
                "XAUTOCLAIM", stream, Self.group, consumer, "\(expiry.wholeMilliseconds)", cursor, "COUNT",
                "\(limit - items.count)")
            guard reply.elements.count >= 2, let next = reply.elements[0].text else { break }
            items += valid(reply.elements[1], isTakeover: true)
            cursor = next
        } while cursor != "0-0" && items.count < limit
        return items
    }

    /// Keeps the entries among `ids` that this node still has from being taken over.
    func extend(_ ids: Set<String>) async throws(RedisError) {
        guard !ids.isEmpty else { return }
        let pending = try await run("XPENDING", stream, Self.group, "-", "+", "\(Self.maximumEntries)", consumer)
        let own = pending.elements.compactMap { $0.elements.first?.text }.filter(ids.contains)
        guard !own.isEmpty else { return }
        _ = try await client.run([
            RedisCommand(["XCLAIM", stream, Self.group, consumer, "0"] + own + ["JUSTID"])
        ])
    }

    /// Removes an entry, as soon as Redis can be reached.
    func remove(_ id: String) {
        client.enqueue([
            RedisCommand("MULTI"), RedisCommand("XACK", stream, Self.group, id), RedisCommand("XDEL", stream, id),
            RedisCommand("EXEC"),
        ])
    }

    /// Adds a dead letter, as soon as Redis can be reached.
    func add(_ letter: ItemDeadLetter) {
        let words = ["XADD", deadLetters, "MAXLEN", "\(Self.maximumDeadLetters)", "*"] + letter.fields
        client.enqueue([RedisCommand(words)])
    }

    /// Removes nodes from the group that have not been heard of for an hour, and have nothing.
    func forgetConsumers() async throws(RedisError) {
        for consumer in try await run("XINFO", "CONSUMERS", stream, Self.group).elements {
            var fields: [String: RedisReply] = [:]
            for (name, value) in consumer.pairs { if let name = name.text { fields[name] = value } }
            guard let name = fields["name"]?.text, fields["pending"] == .integer(0),
                (fields["idle"]?.integerValue ?? 0) > Self.forgottenAfter
            else { continue }
            _ = try await run("XGROUP", "DELCONSUMER", stream, Self.group, name)
        }
    }

    /// Removes this node from the group, unless it still has entries.
    func leave() async {
        do throws(RedisError) {
            let pending = try await run("XPENDING", stream, Self.group, "-", "+", "1", consumer)
            guard pending.elements.isEmpty else { return }
            _ = try await run("XGROUP", "DELCONSUMER", stream, Self.group, consumer)
        } catch {
            // Another node removes it later.
            logger.debug("a node cannot leave the group", ["error": "\(error)"])
        }
    }

    // MARK: Operators

    /// How many entries there are.
    public struct Counts: Sendable, Hashable {
        /// Entries that no node has taken.
        public var waiting: Int
        /// Entries that a node has taken.
        public var taken: Int
        /// Dead letters.
        public var deadLetters: Int
    }

    /// How many entries there are.
    /// - Throws: `RedisError`.
    public func counts() async throws(RedisError) -> Counts {
        let replies = try await client.run([
            RedisCommand("XLEN", stream), RedisCommand("XPENDING", stream, Self.group),
            RedisCommand("XLEN", deadLetters),
        ])
        // Before the first job there is no group, which is an error.
        let taken = replies[1].elements.first?.integerValue ?? 0
        return Counts(
            waiting: max((replies[0].integerValue ?? 0) - taken, 0), taken: taken,
            deadLetters: replies[2].integerValue ?? 0)
    }

    /// Checks whether Redis answers.
    /// - Throws: `RedisError`.
    public func check() async throws(RedisError) { try await client.check() }

    // MARK: Helpers

    /// The entries of a reply. Those that are no items are removed.
    private func valid(_ reply: RedisReply?, isTakeover: Bool) -> [QueuedItem] {
        (reply?.elements ?? []).compactMap { entry in
            let item = QueuedItem(entry, isTakeover: isTakeover)
            if item == nil, let id = entry.elements.first?.text { remove(id) }
            return item
        }
    }

    /// The group begins with the first entry: the stream may have entries that no group has read.
    private func makeGroup() async throws(RedisError) {
        let command = RedisCommand("XGROUP", "CREATE", stream, Self.group, "0", "MKSTREAM")
        // Another node may have made it meanwhile.
        if case .error(let message) = try await client.run([command])[0], !message.hasPrefix("BUSYGROUP") {
            throw .rejected(message)
        }
    }

    private func run(_ words: String...) async throws(RedisError) -> RedisReply {
        let reply = try await client.run([RedisCommand(words)])[0]
        if case .error(let message) = reply { throw .rejected(message) }
        return reply
    }
}
