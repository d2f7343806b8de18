import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import MediaModel

extension StoreTransaction {
    /// Adds what was selected for a job. Returns how many objects are new; `nil` where the job is lost.
    func add(_ found: Selection, to job: String, by runner: String) throws -> Int? {
        guard try heldUntilCommit(job, by: runner) != nil else { return nil }
        let objects = found.objects.map(BSONValue.string)
        let known = try session.find(own.items, ["job": .string(job), "object": ["$in": .array(objects)]])
        var seen = Set(known.compactMap { $0["object"] })
        let new = objects.filter { seen.insert($0).inserted }
        if !new.isEmpty {
            let first = try nextPlace(count: new.count)
            try session.insert(
                own.items,
                new.enumerated().map { index, object in
                    [
                        "_id": .int64(first + index), "job": .string(job), "object": object, "state": "waiting",
                        "attempts": 0, "notBefore": 0,
                    ]
                })
        }
        var values: BSONDocument = ["isFilled": .bool(found.next == nil)]
        values["cursor"] = try found.next.map { try .encoding($0) } ?? .null
        try session.update(own.jobs, ["_id": .string(job)], ["$set": .document(values)])
        return new.count
    }

    func nextItem(of job: String, by runner: String) throws -> ReprocessNextItem {
        guard try heldUntilCommit(job, by: runner) != nil else { return .lost }
        let waiting: BSONDocument = ["job": .string(job), "state": "waiting"]
        let order: BSONDocument = ["job": 1, "state": 1, "notBefore": 1, "_id": 1]
        guard let next = try session.first(own.items, waiting, sort: order), let number = next["_id"]?.integerValue
        else { return .none }
        let wait = (next["notBefore"]?.integerValue ?? 0) - uptime
        guard wait <= 0 else { return .later(.milliseconds(wait)) }
        try session.update(
            own.items, ["_id": .int64(number)], ["$set": ["state": "running"], "$inc": ["attempts": 1]])
        return .item(
            ReprocessItem(
                number: number, object: next["object"]?.stringValue ?? "",
                attempts: (next["attempts"]?.integerValue ?? 0) + 1))
    }

    func reserve(_ object: String, for item: ReprocessItem) throws {
        try reserve(object)
        try session.update(
            own.items, ["_id": .int64(item.number)], ["$set": ["reserved": .string(object)]])
    }

    /// Makes the items that a runner left unfinished wait again, and marks the objects that it reserved for deletion.
    func requeueItems(of row: ReprocessJobRow) throws {
        let job = BSONValue.string(row.job.id)
        let running: BSONDocument = ["job": job, "state": "running"]
        for item in try session.find(own.items, running) {
            if let reserved = item["reserved"]?.stringValue { try cancelReservation(reserved) }
        }
        try session.update(
            own.items, running, ["$set": ["state": "waiting"], "$unset": ["reserved": true]], many: true)
        // Items that wait for a time wait by the uptime of the process that had the job.
        try session.update(
            own.items, ["job": job, "state": "waiting", "notBefore": ["$gt": 0]], ["$set": ["notBefore": 0]],
            many: true)
    }

    func end(
        _ item: ReprocessItem, of job: String, by runner: String, _ end: ReprocessItem.End, change: MediaChange?
    ) throws -> ReprocessItem.State? {
        guard try heldUntilCommit(job, by: runner) != nil else { return nil }
        switch end {
        case .made:
            let state = try revise(item.object, change)
            return try set(item, state, state == .skipped ? .gone : nil)
        case .skipped(let reason): return try set(item, .skipped, reason)
        case .failed(let reason): return try set(item, .failed, reason)
        case .again(let seconds, let reason):
            let delay = Duration.seconds(min(max(seconds, 0), 86_400)).wholeMilliseconds
            return try set(item, .waiting, reason, notBefore: uptime + delay)
        case .requeue:
            try session.update(
                own.items, ["_id": .int64(item.number)],
                ["$set": ["state": "waiting"], "$inc": ["attempts": -1], "$unset": ["reserved": true]])
            return .waiting
        }
    }

    func failures(of job: String, after number: Int, limit: Int) throws -> [ReprocessFailure] {
        let filter: BSONDocument = ["job": .string(job), "state": "failed", "_id": ["$gt": .int64(number)]]
        return try session.find(own.items, filter, sort: ["_id": 1], limit: max(limit, 0)).map {
            ReprocessFailure(
                number: $0["_id"]?.integerValue ?? 0, object: $0["object"]?.stringValue ?? "",
                reason: ReprocessItem.Reason($0["code"]?.stringValue ?? "", $0["reason"]?.stringValue ?? ""))
        }
    }

    /// Applies `change` to every record that references `object`.
    private func revise(_ object: String, _ change: MediaChange?) throws -> ReprocessItem.State {
        let shown = try showing(object)
        for new in change?.objects ?? [] {
            guard try isReserved(new) else { throw ChatError(.reservationReleased(key: new)) }
            if shown.isEmpty { try cancelReservation(new) }
        }
        guard let change, !shown.isEmpty else { return shown.isEmpty ? .skipped : .unchanged }
        var isChanged = false
        for (owner, records) in shown {
            let revised = records.map { $0.key == object ? change.revise($0) : $0 }
            guard revised != records else { continue }
            isChanged = true
            try replace(by: revised, of: owner)
        }
        return isChanged ? .done : .unchanged
    }

    private func replace(by records: [MediaRecord], of owner: ReferenceOwner) throws {
        switch owner {
        case .message(let id, let dialect):
            guard let row = try messageRow(id, in: dialect) else { return }
            var changed = row.stored
            (changed.message.attachments, changed.message.updatedAt) = (records, now)
            try write(changed, over: row, in: dialect)
        case .media(let id): try replaceRecord(of: id, by: records[0])
        }
        try replaceReferences(of: owner, by: records)
    }

    private func set(
        _ item: ReprocessItem, _ state: ReprocessItem.State, _ reason: ReprocessItem.Reason? = nil,
        notBefore: Int = 0
    ) throws -> ReprocessItem.State {
        var values: BSONDocument = ["state": .string(state.rawValue), "notBefore": .int64(notBefore)]
        values["code"] = (reason?.code).map(BSONValue.string) ?? .null
        values["reason"] = (reason?.message).map(BSONValue.string) ?? .null
        try session.update(
            own.items, ["_id": .int64(item.number)],
            ["$set": .document(values), "$unset": ["reserved": true]])
        return state
    }
}
