import ChatBridge
import ChatDocuments

// Who has which items of jobs. Every operation that gives an item to a holder, takes it away or ends it writes the item's
// document, so that of two such transactions at once only one is performed. An item that is begun while its job is cancelled
// may stay with its holder: it cannot be ended, because that looks at the job.
extension StoreTransaction {
    func requeueLostItems(of job: String, by runner: String) throws -> Int? {
        guard let row = try held(job, by: runner) else { return nil }
        let live = try live()
        return try requeueItems(of: row) { !live.contains($0.holderStart) }
    }

    func begin(_ number: Int, of job: String, by holder: String, isTakeover: Bool) throws -> MediaJobBegin {
        guard let row = try jobRow(job), row.job.state == .running, let item = try itemRow(number, of: job) else {
            return .ended
        }
        if item.state == .running {
            guard try isTakeover || !live().contains(item.holderStart) else { return .held }
            if let reserved = item.reserved { try cancelReservation(reserved) }
        }
        guard !item.state.isEnd else { return .ended }
        return .begun(try begin(item, of: row, by: holder), row.job.request)
    }

    func begin(_ item: MediaJobItemRow, of row: MediaJobRow, by holder: String) throws -> MediaJobItem {
        let values: BSONDocument = [
            "state": "running", "holder": .string(holder), "holderStart": .int64(start),
        ]
        try session.update(
            own.items, ["_id": .int64(item.number)],
            ["$set": .document(values), "$inc": ["attempts": 1], "$unset": ["reserved": true]])
        return MediaJobItem(
            number: item.number, object: item.object, attempts: item.attempts + 1, job: row.job.id, holder: holder)
    }

    func heldItems(among items: [Int], by holder: String) throws -> Set<Int> {
        let filter: BSONDocument = [
            "_id": ["$in": .array(items.map(BSONValue.int64))], "state": "running", "holder": .string(holder),
        ]
        return Set(try session.find(own.items, filter, fields: ["_id": 1]).compactMap { $0["_id"]?.integerValue })
    }

    func reserve(_ object: String, for item: MediaJobItem) throws {
        guard try isHeld(item) else { throw ChatError(.reservationReleased(key: object)) }
        try reserve(object)
        try session.update(own.items, ["_id": .int64(item.number)], ["$set": ["reserved": .string(object)]])
    }

    /// Makes the items wait again that `runner` holds, or a process that has ended.
    func requeueItems(of row: MediaJobRow, heldBy runner: String?) throws {
        let live = try live()
        try requeueItems(of: row) { $0.holder == runner || !live.contains($0.holderStart) }
    }

    /// Makes those running items wait again that `condition` selects, and marks the objects that were reserved for them for
    /// deletion. Returns how many there were.
    @discardableResult
    func requeueItems(of row: MediaJobRow, where condition: (MediaJobItemRow) -> Bool) throws -> Int {
        let running: BSONDocument = ["job": .string(row.job.id), "state": "running"]
        let items = try session.find(own.items, running).map(MediaJobItemRow.init).filter(condition)
        for item in items { if let reserved = item.reserved { try cancelReservation(reserved) } }
        try session.update(
            own.items,
            each: items.map {
                (
                    ["_id": .int64($0.number)],
                    ["$set": ["state": "waiting"], "$unset": ["reserved": true, "holder": true]]
                )
            })
        return items.count
    }

    /// Whether `item` is still its holder's.
    func isHeld(_ item: MediaJobItem) throws -> Bool {
        let running: BSONDocument = ["_id": .string(item.job), "state": .string(MediaJob.State.running.rawValue)]
        guard try session.first(own.jobs, running, fields: ["_id": 1]) != nil,
            let stored = try itemRow(item.number, of: item.job)
        else { return false }
        return stored.state == .running && stored.holder == item.holder && stored.attempts == item.attempts
    }

    private func itemRow(_ number: Int, of job: String) throws -> MediaJobItemRow? {
        try session.first(own.items, ["_id": .int64(number), "job": .string(job)]).map(MediaJobItemRow.init)
    }
}
