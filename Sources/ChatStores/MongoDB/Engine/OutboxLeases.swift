import ChatBridge
import ChatDocuments
import Concurrency
import Synchronization

/// The leases of the outbox, as this process sees them. A lease has a document, which its holder changes at each renewal; where that
/// was not changed for ``expiry`` of this process's uptime, or the holder has ended, this process takes the lease over.
final class OutboxLeases: Sendable {
    /// How often a holder renews its leases, and others look at them.
    static let renewal = Duration.seconds(2)
    /// After what time without a renewal another process takes a lease over. Longer than a renewal may take that was not given up.
    static let expiry = Duration.seconds(8)

    private struct Observed {
        let holder: Int
        let beat: Int
        /// The uptime at which that was new, in milliseconds.
        let since: Int
    }

    private let observed = Mutex<[String: Observed]>([:])

    /// Renews the leases that this process has, and takes over those that no other one has.
    func lease(_ dialects: Set<Dialect>, _ transaction: StoreTransaction) throws -> Set<Dialect> {
        let (session, collection) = (transaction.session, transaction.own.leases)
        let names = Dictionary(uniqueKeysWithValues: dialects.map { ("outbox-" + $0.rawValue, $0) })
        let filter: BSONDocument = ["_id": ["$in": .array(names.keys.sorted().map(BSONValue.string))]]
        let known = try session.find(collection, filter)
        for name in names.keys where !known.contains(where: { $0["_id"]?.stringValue == name }) {
            let empty: BSONValue = ["$setOnInsert": ["start": 0, "beat": 0]]
            try session.update(collection, ["_id": .string(name)], empty, upsert: true)
        }
        let live = try transaction.live()
        var held: Set<Dialect> = []
        for document in try session.find(collection, filter) {
            guard let name = document["_id"]?.stringValue, let dialect = names[name] else { continue }
            let holder = document["start"]?.integerValue ?? 0
            let beat = document["beat"]?.integerValue ?? 0
            guard
                holder == transaction.start || !live.contains(holder)
                    || isExpired(name, Observed(holder: holder, beat: beat, since: transaction.uptime))
            else { continue }
            if holder != transaction.start, live.contains(holder) { try transaction.endTransactions(of: holder) }
            // Only if no other process has changed it meanwhile.
            let condition: BSONDocument = [
                "_id": .string(name), "start": .int64(holder), "beat": .int64(beat),
            ]
            let change: BSONValue = ["$set": ["start": .int64(transaction.start)], "$inc": ["beat": 1]]
            if try session.update(collection, condition, change) > 0 { held.insert(dialect) }
        }
        return held
    }

    /// Releases this process's leases of `dialects`.
    func release(_ dialects: Set<Dialect>, _ transaction: StoreTransaction) throws {
        let names = dialects.map { BSONValue.string("outbox-" + $0.rawValue) }
        let filter: BSONDocument = ["_id": ["$in": .array(names)], "start": .int64(transaction.start)]
        try transaction.session.update(transaction.own.leases, filter, ["$set": ["start": 0]], many: true)
    }

    private func isExpired(_ name: String, _ current: Observed) -> Bool {
        observed.withLock { observed in
            if let former = observed[name], former.holder == current.holder, former.beat == current.beat {
                return current.since - former.since >= Self.expiry.wholeMilliseconds
            }
            observed[name] = current
            return false
        }
    }
}
