import ChatBridge
import ChatDocuments
import Concurrency
import Foundation
import MediaModel

extension StoreTransaction {
    func add(_ job: MediaJob) throws -> MediaJob {
        if let key = job.idempotencyKey, let known = try session.first(own.jobs, ["idempotencyKey": .string(key)]) {
            return try counted(MediaJobRow(known))
        }
        try insert(job)
        return job
    }

    func add(_ job: MediaJob, changing object: String, _ change: MediaChange) throws -> Bool {
        guard try revise(object, change) != .skipped else { return false }
        if try jobRow(job.id) == nil { try insert(job) }
        return true
    }

    /// Adds the jobs that make the pending renditions of new records, in the transaction that saves these.
    func insertRenditionJobs(of records: [MediaRecord], at date: Date) throws {
        for job in MediaJob.renditions(of: records, createdAt: date) where try jobRow(job.id) == nil {
            try insert(job)
        }
    }

    private func insert(_ job: MediaJob) throws {
        var document: BSONDocument = [
            "_id": .string(job.id), "number": .int64(try nextPlace()), "origin": .string(job.origin.rawValue),
            "request": try .encoding(job.request), "state": .string(job.state.rawValue), "isFilled": false,
            "beat": 0, "createdAt": .date(job.createdAt),
        ]
        document["idempotencyKey"] = job.idempotencyKey.map(BSONValue.string)
        try session.insert(own.jobs, [document])
    }

    func job(_ id: String) throws -> MediaJob? { try jobRow(id).map(counted) }

    func jobs(of origin: MediaJob.Origin?, isOpen: Bool, limit: Int) throws -> [MediaJob] {
        let states = MediaJob.State.allCases.filter { !isOpen || !$0.isEnd }.map { BSONValue.string($0.rawValue) }
        var filter: BSONDocument = ["state": ["$in": .array(states)]]
        filter["origin"] = (origin?.rawValue).map(BSONValue.string)
        return try session.find(own.jobs, filter, sort: ["number": -1], limit: max(limit, 0)).map {
            try counted(MediaJobRow($0))
        }
    }

    func openJobs(of origin: MediaJob.Origin, limit: Int) throws -> [String] {
        let states = MediaJob.State.allCases.filter { !$0.isEnd }.map { BSONValue.string($0.rawValue) }
        let filter: BSONDocument = ["state": ["$in": .array(states)], "origin": .string(origin.rawValue)]
        return try session.find(
            own.jobs, filter, sort: ["number": 1], limit: max(limit, 0), fields: ["_id": 1]
        ).compactMap { $0["_id"]?.stringValue }
    }

    func cancelJob(_ id: String) throws -> MediaJob? {
        guard let row = try jobRow(id) else { return nil }
        if let state = row.job.state.after(.cancelled) { try end(row, state) }
        return try jobRow(id).map(counted)
    }

    func deleteEndedJobs(keeping count: Int) throws {
        let states = MediaJob.State.allCases.filter(\.isEnd).map { BSONValue.string($0.rawValue) }
        let ended = try session.find(
            own.jobs, ["state": ["$in": .array(states)]], sort: ["number": -1], skip: max(count, 0), fields: ["_id": 1]
        ).compactMap { $0["_id"] }
        guard !ended.isEmpty else { return }
        try session.delete(own.items, ["job": ["$in": .array(ended)]])
        try session.delete(own.jobs, ["_id": ["$in": .array(ended)]])
    }

    /// - Parameter wait: how long another runner is still waited for; `nil` for not at all.
    func claim(_ job: String, by runner: String, wait: (MediaJobRow, _ isLive: Bool) -> Duration?) throws
        -> MediaJobClaim
    {
        guard let row = try jobRow(job), let state = row.job.state.after(.claimed) else { return .ended }
        if let other = row.runner, other != runner, let time = wait(row, try live().contains(row.runnerStart)) {
            return .held(for: time)
        }
        // What the former runner was changing when it was killed is kept from others until its transactions end.
        if row.runner != nil, row.runner != runner { try endTransactions(of: row.runnerStart) }
        let values: BSONDocument = [
            "state": .string(state.rawValue), "runner": .string(runner), "runnerStart": .int64(start),
            "startedAt": .date(row.job.startedAt ?? now),
        ]
        try session.update(
            own.jobs, ["_id": .string(job)], ["$set": .document(values), "$inc": ["beat": 1]])
        try requeueItems(of: row, heldBy: row.runner)
        // Items that wait for a time wait by the uptime of the process that had the job.
        try session.update(
            own.items, ["job": .string(job), "state": "waiting", "notBefore": ["$ne": 0]], ["$set": ["notBefore": 0]],
            many: true)
        guard let claimed = try jobRow(job) else { return .ended }
        return .granted(try counted(claimed))
    }

    func renewLease(_ job: String, by runner: String) throws -> Bool {
        guard try held(job, by: runner) != nil else { return false }
        try session.update(own.jobs, ["_id": .string(job)], ["$inc": ["beat": 1]])
        return true
    }

    func complete(_ job: String, by runner: String) throws -> Bool {
        guard let row = try held(job, by: runner), row.isFilled, let state = row.job.state.after(.exhausted) else {
            return false
        }
        let open: BSONDocument = ["job": .string(job), "state": ["$in": ["waiting", "running"]]]
        guard try session.first(own.items, open) == nil else { return false }
        try end(row, state)
        return true
    }

    func release(_ job: String, by runner: String) throws {
        guard let row = try held(job, by: runner) else { return }
        try session.update(own.jobs, ["_id": .string(job)], ["$unset": ["runner": true]])
        try requeueItems(of: row, heldBy: runner)
    }

    /// The job, if it is `runner`'s and has not ended.
    func held(_ job: String, by runner: String) throws -> MediaJobRow? {
        guard let row = try jobRow(job), row.runner == runner, row.job.state == .running else { return nil }
        return row
    }

    /// The job, if it is `runner`'s; it is not taken away before this transaction is committed.
    func heldUntilCommit(_ job: String, by runner: String) throws -> MediaJobRow? {
        guard let row = try held(job, by: runner) else { return nil }
        try session.update(own.jobs, ["_id": .string(job)], ["$inc": ["changes": 1]])
        return row
    }

    func jobRow(_ id: String) throws -> MediaJobRow? {
        try session.first(own.jobs, ["_id": .string(id)]).map(MediaJobRow.init)
    }

    private func end(_ row: MediaJobRow, _ state: MediaJob.State) throws {
        let values: BSONDocument = ["state": .string(state.rawValue), "endedAt": .date(now)]
        try session.update(
            own.jobs, ["_id": .string(row.job.id)], ["$set": .document(values), "$unset": ["runner": true]])
        try writeWebhooks(at: now) { row.job.origin == .rendition ? [] : [.finished(row.job)] }
        // Who holds an item does not any more, and its end will be rejected.
        try requeueItems(of: row) { _ in true }
        if state == .cancelled, let cancelled = row.job.cancellation {
            try revise(cancelled.object, cancelled.change)
        }
    }

    private func counted(_ row: MediaJobRow) throws -> MediaJob {
        let group: BSONValue = ["_id": "$state", "count": ["$sum": 1], "bytes": ["$sum": "$bytes"]]
        let groups = try session.aggregate(
            own.items, [["$match": ["job": .string(row.job.id)]], ["$group": group]])
        let counts = groups.map {
            (MediaJobItem.State(rawValue: $0["_id"]?.stringValue ?? "") ?? .waiting, $0["count"]?.integerValue ?? 0)
        }
        let done = groups.first { $0["_id"]?.stringValue == MediaJobItem.State.done.rawValue }
        var job = row.job
        var items = Dictionary(counts) { $0 + $1 }
        // One that was begun while the job was cancelled cannot be ended any more: nothing of a job that has ended is running.
        if job.state.isEnd, let begun = items.removeValue(forKey: .running) { items[.waiting, default: 0] += begun }
        job.counts = MediaJob.Counts(
            items: items, isComplete: row.isFilled, bytes: done?["bytes"]?.integerValue ?? 0)
        return job
    }
}
