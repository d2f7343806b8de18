import ChatDocuments
import Concurrency
import Foundation
import Synchronization

/// One opening of the store by a process: reservations, claims and leases belong to the start that made them, never to a clock.
///
/// A start has a document, which its process changes every few seconds. A process that sees no change of another's document for
/// ``expiry`` of its own uptime deletes that; a start without a document has ended.
final class ProcessStart: Sendable {
    /// How often a process changes its document, and reads those of others.
    static let interval = Duration.seconds(5)
    /// After what time without a change a start has ended.
    static let expiry = Duration.seconds(30)

    private struct Observed {
        let beat: Int
        let since: ContinuousClock.Instant
        /// Whether the document has changed since this process has first seen it.
        let hasChanged: Bool
    }

    private let pool: MongoPool
    private let collection: MongoCollection
    private let interval: Duration
    private let expiry: Duration
    private let current: Mutex<Int>
    /// The sessions that the document names, see ``register(_:)``.
    private let registered = Mutex<Set<[UInt8]>>([])
    private let observed = Mutex<[Int: Observed]>([:])
    /// Whether the start was ended. Locked while its document is changed or deleted: a heartbeat that finds no document writes a
    /// new one, which must not be after the end.
    private let isEnded = Mutex(false)
    private let stop = StopSignal()
    private let makeNumber: @Sendable (MongoSession) throws -> Int

    /// Writes the document of a new start, and begins to change it.
    /// - Parameter makeNumber: gives a number that no other start has, and that is greater than those of all starts before.
    init(
        pool: MongoPool, collection: MongoCollection, interval: Duration = ProcessStart.interval,
        expiry: Duration = ProcessStart.expiry, makeNumber: @escaping @Sendable (MongoSession) throws -> Int
    ) throws {
        self.pool = pool
        self.collection = collection
        self.interval = interval
        self.expiry = expiry
        self.makeNumber = makeNumber
        current = Mutex(
            try pool.withSession(until: .now + expiry) { try Self.register(makeNumber($0), collection, $0) })
        let stop = stop
        startThread(name: "store-heartbeat") { [weak self] in
            stop.wait(for: interval)
            while !stop.isSet {
                self?.beatUnlessEnded()
                stop.wait(for: interval)
            }
        }
    }

    deinit {
        // Not here: what releases the store must not wait for the cluster.
        let (pool, collection, number) = (pool, collection, number)
        stop.set()
        startThread(name: "store-end") { Self.end(number, pool, collection) }
    }

    /// The number of this start. It changes where the process was taken for ended, e.g. because it could not reach the cluster.
    var number: Int { current.withLock { $0 } }

    /// Ends the start, so that others need not wait for its expiry. Blocks, also while the heartbeat is being sent.
    func end() {
        stop.set()
        isEnded.withLock { isEnded in
            isEnded = true
            Self.end(number, pool, collection)
        }
    }

    /// The starts that have not ended.
    func live(_ session: MongoSession) throws -> Set<Int> {
        Set(
            try session.find(collection, ["_id": ["$gt": 0]], fields: ["_id": 1]).compactMap { $0["_id"]?.integerValue }
        )
        .union([number])
    }

    /// Names a session in the document before it begins its first transaction: the process which finds that this one has ended ends the
    /// transactions that it has left open.
    func register(_ session: MongoSession) throws {
        let id = try session.id
        guard registered.withLock({ !$0.contains(id.encoded) }) else { return }
        try session.update(
            collection, ["_id": .int64(number)], ["$addToSet": ["sessions": .document(id)]])
        registered.withLock { _ = $0.insert(id.encoded) }
    }

    /// Ends the transactions that a start has left open which has ended, or seems to have.
    func endTransactions(of start: Int, _ session: MongoSession) throws {
        guard start != number, let other = try session.first(collection, ["_id": .int64(start)]) else { return }
        session.kill(other["sessions"]?.arrayValue ?? [])
    }

    /// Whether another start has given a sign of life since this one, and was not taken for ended.
    func isKnownToRun(_ start: Int) -> Bool { observed.withLock { $0[start]?.hasChanged ?? false } }

    /// See ``beat()``.
    func beatUnlessEnded() { isEnded.withLock { isEnded in if !isEnded { beat() } } }

    /// Changes the document, and deletes those that were not changed for a while. What fails is done the next time.
    private func beat() {
        try? pool.withSession(until: .now + interval) { session in
            if try session.update(collection, ["_id": .int64(number)], ["$inc": ["beat": 1]]) == 0 {
                let number = try Self.register(makeNumber(session), collection, session)
                current.withLock { $0 = number }
                registered.withLock { $0 = [] }
            }
            let (others, now) = (try session.find(collection, ["_id": ["$gt": 0]]), ContinuousClock.now)
            for other in others {
                guard let id = other["_id"]?.integerValue, id != number else { continue }
                let beat = other["beat"]?.integerValue ?? 0
                let seen = observed.withLock { $0[id] }
                if let seen, seen.beat == beat {
                    guard now - seen.since >= expiry else { continue }
                    session.kill(other["sessions"]?.arrayValue ?? [])
                    try session.delete(collection, ["_id": .int64(id), "beat": .int64(beat)])
                } else {
                    observed.withLock { $0[id] = Observed(beat: beat, since: now, hasChanged: seen != nil) }
                }
            }
            let known = Set(others.compactMap { $0["_id"]?.integerValue })
            observed.withLock { $0 = $0.filter { known.contains($0.key) } }
        }
    }

    private static func register(_ number: Int, _ collection: MongoCollection, _ session: MongoSession) throws -> Int {
        try session.insert(collection, [["_id": .int64(number), "beat": 0]])
        return number
    }

    private static func end(_ number: Int, _ pool: MongoPool, _ collection: MongoCollection) {
        // A document that cannot be deleted expires.
        try? pool.withSession(until: .now + expiry) { _ = try $0.delete(collection, ["_id": .int64(number)]) }
    }
}
