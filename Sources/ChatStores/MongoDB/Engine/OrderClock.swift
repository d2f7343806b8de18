import ChatDocuments
import Synchronization

/// Gives out places in one order of everything that is written: messages, conversations, events, jobs. A place is greater than
/// all that any process was given before, and follows the wall clock where that does not go back (see ``OrderKey``).
///
/// Places are given outside of the transactions that use them, so that transactions of different conversations do not conflict.
/// Two transactions of the same conversation do conflict, and the one that is performed later has the greater place. Where a
/// reader must not pass over a place whose transaction is still open, ``horizon(_:)`` says how far it may read.
final class OrderClock: Sendable {
    private struct State {
        var last = 0
        var open: [Int: Int] = [:]
        var opened = 0
    }

    private let collection: MongoCollection
    private let state = Mutex(State())

    init(_ collection: MongoCollection) { self.collection = collection }

    /// Registers a transaction that is about to be given places. Returns what ends it.
    func open() -> Int {
        state.withLock { state in
            state.opened += 1
            state.open[state.opened] = state.last
            return state.opened
        }
    }

    /// A transaction has ended.
    func close(_ transaction: Int) { _ = state.withLock { $0.open.removeValue(forKey: transaction) } }

    /// Gives the next `count` places. Returns the first.
    /// - Parameters:
    ///   - session: the caller's, whose transaction has no part in this.
    ///   - milliseconds: the wall clock.
    func next(_ count: Int, at milliseconds: Int, _ session: MongoSession) throws -> Int {
        let following: BSONValue = ["$add": [["$ifNull": ["$value", 0]], 1]]
        let first: BSONValue = ["$max": [following, .int64(OrderKey.first(of: milliseconds))]]
        // A commit that is acknowledged by a majority acknowledges everything that was written before it.
        let command: BSONDocument = [
            "findAndModify": .string(collection.name), "query": ["_id": "clock"],
            "update": [["$set": ["value": ["$add": [first, .int64(count - 1)]]]]],
            "upsert": true, "new": true, "writeConcern": ["w": .int32(1)],
        ]
        let reply = try session.run(collection.database, command, writes: true, isIndependent: true)
        guard let last = reply["value"]?.documentValue?["value"]?.integerValue else {
            throw DocumentError(field: "value")
        }
        state.withLock { $0.last = max($0.last, last) }
        return last - count + 1
    }

    /// Every place up to this one that this process was given is of a transaction that has ended.
    func horizon(_ session: MongoSession) throws -> Int {
        let given = try session.first(collection, ["_id": "clock"])?["value"]?.integerValue ?? 0
        return state.withLock { min($0.open.values.min() ?? given, given) }
    }
}
